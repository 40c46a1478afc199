import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

suite("ingest URLs in the console", { skip }, () => {
  test("are made and shown once, rotated, paused and deleted", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/stations/orders", {});
    const page = await scene.enter({ permissions: ["clipboard-read", "clipboard-write"] });
    const dialog = page.getByRole("dialog");
    const act = async (item: string): Promise<void> => {
      await page.getByRole("button", { name: "What to do with sensors" }).click();
      await page.getByRole("menuitem", { name: item }).click();
    };
    const post = async (url: string): Promise<number> =>
      (await fetch(url, { method: "POST", body: "{}" })).status;
    const urlShown = async (): Promise<string> =>
      (await dialog.locator("pre").first().textContent()) ?? "";
    await scene.look(page, "/stations/orders?tab=settings", "Ingest URLs");
    await page.getByRole("button", { name: "Create a URL" }).click();
    await dialog.getByRole("textbox", { name: "Name" }).fill("sensors");
    await dialog.getByRole("combobox", { name: "Verified by" }).click();
    await page.getByRole("option", { name: "Nothing but the URL" }).click();
    await scene.isAccessible(page);
    await scene.picture(page, "ingest-create");
    await dialog.getByRole("button", { name: "Create" }).click();
    await page.getByText("Told this once").waitFor();
    const first = await urlShown();
    assert.ok(first.startsWith(`${scene.ready.httpUrl}/in/default.`));
    await dialog.getByRole("button", { name: "Copy the URL" }).click();
    await dialog.getByText("Copied").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "ingest-told");
    assert.equal(await post(first), 200);
    await dialog.getByRole("button", { name: "Done" }).click();

    await act("Make another URL");
    await dialog.getByRole("button", { name: "Make another URL" }).click();
    await page.getByText("Told this once").waitFor();
    const second = await urlShown();
    assert.notEqual(second, first);
    assert.deepEqual([await post(first), await post(second)], [200, 200]);
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByText(/The URL before is taken too/).waitFor();
    await act("Pause");
    await page.getByText("paused", { exact: true }).waitFor();
    assert.equal(await post(second), 503);
    await act("Delete");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await act("Delete");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText(/None\. With one/).waitFor();
    assert.equal(await post(second), 404);
  });

  test("show what is stored as text; who comes unencrypted is told how to log in", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/stations/orders", {});
    const verify = { kind: "hmac", header: "X-Sign", prefix: "<b>" };
    await scene.api("PUT", "/stations/orders/ingest/signed", { verify, description: probe });
    await scene.api("PUT", "/stations/orders/ingest/stripe", { verify: { kind: "stripe" } });
    await scene.api("POST", "/stations/orders/ingest/signed/rotate", {});
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await scene.enter({ colorScheme });
      await scene.look(page, "/stations/orders?tab=settings", "needs its secret");
      await page.getByText(probe).waitFor();
      await scene.isAccessible(page);
      await page.getByText("Ingest URLs").scrollIntoViewIfNeeded();
      await scene.picture(page, `ingest-${colorScheme}`);
      await scene.hasRunNothing(page);
    }
    const page = await scene.enter({ viewport: { width: 390, height: 844 } });
    await scene.look(page, "/stations/orders?tab=settings", "needs its secret");
    await page.getByRole("button", { name: "What to do with stripe" }).click();
    await page.getByRole("menuitem", { name: "Set its secret" }).click();
    await page.getByRole("dialog").locator("input").fill("whsec_of_stripe");
    await scene.picture(page, "ingest-narrow");
    await page.getByRole("dialog").getByRole("button", { name: "Set" }).click();
    await page.getByText("needs its secret").waitFor({ state: "detached" });
    await page.getByText("stripe", { exact: true }).scrollIntoViewIfNeeded();
    await scene.picture(page, "ingest-narrow-list");

    const stranger = await scene.visit();
    await stranger.addInitScript(
      "Object.defineProperty(window, 'isSecureContext', { value: false })",
    );
    await stranger.goto(scene.ready.httpUrl);
    await stranger.getByText("Not encrypted, so no login").waitFor();
    await stranger.getByText(/ssh -L \d+:127\.0\.0\.1/).waitFor();
    await scene.isAccessible(stranger);
    await scene.picture(stranger, "login-in-the-clear");
  });
});
