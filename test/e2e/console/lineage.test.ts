import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { connect } from "oxbow";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: who puts messages where, and where they go from there, is seen as a picture and read as a table, and leads to
 * what it shows. Method: two stations of which one derives from the other, with a producer whose name is markup.
 */
suite("the lineage in the console", { skip }, () => {
  test("is drawn, filtered, read as a table, and leads to what it shows", async (t) => {
    await using scene = await ConsoleScene.open();
    const page = await scene.enter({ reducedMotion: "no-preference" });
    await scene.look(page, "/lineage", "Nothing flows yet.");
    for (const name of ["orders", "invoices", "alone"]) {
      await scene.api("PUT", `/stations/${name}`);
    }
    await using ox = await connect({ servers: scene.ready.url, name: "shop" });
    await ox.station("orders").producer({ name: probe }).produce({ id: 1 });
    const [parent] = await ox
      .station("orders")
      .fetch(1, { group: "billing", name: probe, timeoutMs: 30_000 });
    assert.ok(parent);
    await ox.station("invoices").produce({ of: 1 }, { parent });
    await parent.deadLetter("broken");

    await scene.look(page, "/lineage", "derives");
    const picture = page.getByRole("application", { name: "Lineage as a picture" });
    await picture.getByRole("link", { name: "billing" }).waitFor();
    await picture.getByRole("link", { name: probe }).first().waitFor();
    await page.getByRole("combobox", { name: "Station" }).fill("alone");
    await page.keyboard.press("Enter");
    await page.waitForURL(/station=alone/);
    await picture.getByRole("link", { name: "orders" }).waitFor({ state: "detached" });
    await page.goto(`${scene.ready.httpUrl}/lineage?parties=off`);
    await picture.getByRole("link", { name: "invoices" }).waitFor();
    assert.equal(await picture.getByRole("link", { name: probe }).count(), 0);
    await page.locator(".mantine-SegmentedControl-label", { hasText: "Table" }).click();
    const table = page.getByRole("table", { name: "Lineage as a table" });
    await table.getByText("is derived into").waitFor();
    await table.getByText("is connected with nothing").waitFor();
    await page.goto(`${scene.ready.httpUrl}/lineage`);
    await picture.getByRole("link", { name: "invoices" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/stations\/invoices/);
    await scene.hasRunNothing(page);

    // Traffic is seen to flow on the page of a station, unless somebody wants less motion.
    await scene.look(page, "/stations/orders", "1 written so far");
    const produce = () => ox.station("orders").produce({ id: 2 });
    const traffic = setInterval(() => void produce().catch(() => undefined), 200);
    t.after(() => clearInterval(traffic));
    const pipe = page.locator(".flow-pipe[data-flowing]").first();
    await pipe.waitFor();
    const motion = (): Promise<string> =>
      pipe.evaluate((element) => {
        const page = globalThis as unknown as {
          getComputedStyle(of: unknown): { readonly animationName: string };
        };
        return page.getComputedStyle(element).animationName;
      });
    assert.equal(await motion(), "flow");
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await motion(), "none");
    await scene.picture(page, "flow");
    clearInterval(traffic);

    for (const scheme of ["light", "dark"] as const) {
      const shown = await scene.enter({ colorScheme: scheme });
      await scene.look(shown, "/lineage", "derives");
      await scene.isAccessible(shown);
      await scene.picture(shown, `lineage-${scheme}`);
      await scene.hasRunNothing(shown);
      await shown.setViewportSize({ width: 390, height: 860 });
      await scene.look(shown, "/lineage", "is derived into");
      await scene.isAccessible(shown);
      await scene.picture(shown, `lineage-narrow-${scheme}`);
    }
  });
});
