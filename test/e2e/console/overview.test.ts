import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { skip } from "./support/chromium.ts";
import { ConsoleScene } from "./support/console-scene.ts";

/** Goal: the overview and a station's charts show what happened, and what somebody should look at, with where to. */
suite("what happens, in the console", { skip }, () => {
  test("is drawn over time, and what needs attention is told with its reason", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/stations/orders");
    await scene.api("PUT", "/stations/orders/groups/billing", { maxInFlight: 1 });
    await scene.api("PUT", "/stations/full", { maxMessages: 10, discard: "new" });
    for (const station of ["orders", "full"]) {
      const messages = Array.from({ length: 10 }, (_, id) => ({ value: { id } }));
      await scene.api("POST", `/stations/${station}/messages/batch`, { messages });
    }
    await scene.api("POST", "/stations/orders/groups/billing/fetch", { count: 1 });
    const page = await scene.enter();
    await page.getByText(/group billing has 1 message in hand/).waitFor();
    await page.getByText(/it has 100 % of what it may have/).waitFor();
    const charts = page.getByRole("region", { name: "Over time" });
    const names = ["Messages per second", "Waiting for groups", "Stored", "Dead letters"];
    for (const name of names) await charts.getByRole("img", { name }).locator("canvas").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "overview-charts-light");
    await charts.locator("label", { hasText: "24 h" }).click();
    await page.waitForURL(/span=24h/);
    await charts.getByRole("img", { name: "Stored" }).locator("canvas").waitFor();
    await page.getByRole("link", { name: "orders", exact: true }).first().click();
    await page.waitForURL(/\/stations\/orders\?tab=groups/);

    await scene.look(page, "/stations/orders?tab=over-time&span=6h", "Messages kept");
    const own = page.getByRole("region", { name: "Over time" });
    await own.getByRole("img", { name: "Messages kept" }).locator("canvas").waitFor();
    assert.equal(await own.getByRole("radio", { name: "6 h" }).isChecked(), true);
    await scene.isAccessible(page);

    const phone = await scene.enter({
      viewport: { width: 390, height: 844 },
      colorScheme: "dark",
    });
    await phone.getByRole("img", { name: "Stored" }).locator("canvas").waitFor();
    const width = await phone.evaluate("document.documentElement.scrollWidth");
    assert.ok(Number(width) <= 390, "nothing sticks out at the side");
    await scene.isAccessible(phone);
    await phone.getByRole("img", { name: "Messages per second" }).scrollIntoViewIfNeeded();
    await scene.picture(phone, "overview-charts-dark-390");
  });
});
