import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { skip } from "./support/chromium.ts";
import { ConsoleScene } from "./support/console-scene.ts";

/**
 * Goal: by its name and by keys one gets to pages and things. Method: Chromium, with a station, a schema and a user.
 */
suite("keys in the console", { skip }, () => {
  test("find things and what to do by ⌘K, and pages by two keys, which ? tells", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/schemas/invoice", { format: "json", text: "{}" });
    await scene.api("PUT", "/users/ivan", {});
    const page = await scene.enter();
    assert.match(await page.title(), /^Overview · Oxbow · 127\.0\.0\.1:\d+$/);
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Keyboard shortcuts").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "shortcuts");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page.getByRole("heading", { name: "Audit" }).waitFor();
    for (const [text, option, url] of [
      ["invo", /invoice/, /\/schemas\/invoice$/],
      ["ivan", /ivan/, /\/users\/ivan$/],
      ["new sch", /New schema/, /\/new-schema$/],
    ] as const) {
      await page.keyboard.press("ControlOrMeta+k");
      await page.getByPlaceholder(/A station, group/).fill(text);
      await page.getByRole("dialog").getByRole("button", { name: option }).first().click();
      await page.waitForURL(url);
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    // What is typed is no shortcut.
    await page.getByRole("textbox", { name: "Name", exact: true }).pressSequentially("ga?");
    assert.match(page.url(), /new-schema$/);
    assert.equal(await page.getByRole("dialog").count(), 0);
  });
});
