import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { skip } from "./support/chromium.ts";
import { ConsoleScene } from "./support/console-scene.ts";

/** More of them would be too many for anybody. */
const stepsMax = 40;

/**
 * Goal: by its name and by keys one gets to pages and things. Method: Chromium, with a station, a schema and a user.
 */
suite("keys in the console", { skip }, () => {
  test("find things and what to do by ⌘K, and pages by two keys, which ? tells", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/schemas/invoice", { format: "json", text: "{}" });
    await scene.api("PUT", "/users/ivan", {});
    await scene.api("PUT", "/stations/orders", {});
    for (const group of ["billing", "mailing"]) {
      await scene.api("PUT", `/stations/orders/groups/${group}`, {});
    }
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
      ["BILL", /billing/, /\/stations\/orders\?tab=groups&group=billing$/],
      ["new sch", /New schema/, /\/new-schema$/],
    ] as const) {
      await page.keyboard.press("ControlOrMeta+k");
      await page.getByPlaceholder(/A station, group/).fill(text);
      const found = page.getByRole("dialog").getByRole("button", { name: option });
      // Enter opens what is marked, which comes from the server after it was typed.
      await found.and(page.locator("[data-selected]")).waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(url);
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    // What is typed is no shortcut.
    await page.getByRole("textbox", { name: "Name", exact: true }).pressSequentially("ga?");
    assert.match(page.url(), /new-schema$/);
    assert.equal(await page.getByRole("dialog").count(), 0);
  });

  test("are enough to make a station, and to find and open a message in it", async () => {
    await using scene = await ConsoleScene.open();
    const page = await scene.enter();
    const { keyboard } = page;
    await keyboard.press("ControlOrMeta+k");
    await page.getByPlaceholder(/A station, group/).waitFor();
    await keyboard.type("new sta");
    await page.locator("[data-selected]", { hasText: "New station" }).waitFor();
    await keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Name", exact: true }).and(focused(page)).waitFor();
    await keyboard.type("orders");
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: "orders" }).waitFor();
    await page.getByText("No messages yet").waitFor();

    await reach(page, page.getByRole("button", { name: "Send a first message" }));
    await keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Payload" }).waitFor();
    await reach(page, dialog.getByRole("button", { name: "Send" }));
    await keyboard.press("Enter");
    await dialog.getByText("1 message stored.").waitFor();
    await keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Show message 1:1" }).waitFor();
    await reach(page, page.getByRole("region", { name: "Messages", exact: true }));
    await keyboard.press("Enter");
    await dialog.getByText("Partition and sequence").waitFor();
    await keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    await reach(page, page.getByRole("tab", { name: "Messages" }));
    await keyboard.press("ArrowRight");
    await page.getByRole("tab", { name: "Groups", selected: true }).and(focused(page)).waitFor();
    await page.getByRole("button", { name: "New group" }).waitFor();
  });
});

function focused(page: Page): Locator {
  return page.locator(":focus");
}

/** Goes on by Tab until something has the focus, and demands that each stop on the way can be seen to have it. */
async function reach(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < stepsMax; step++) {
    if ((await target.and(focused(page)).count()) > 0) return;
    await page.keyboard.press("Tab");
    const unseen = await page.evaluate(unseenFocus);
    assert.equal(unseen, null, "what has the focus shows it");
  }
  assert.fail("it can't be reached by Tab");
}

/** The element that has the focus, if nothing about it or around it says so: no outline, no border of another colour. */
const unseenFocus = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const isSeen = (each) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  };
  const isField = element.matches("input, textarea, select, [contenteditable=true]");
  return isField || isSeen(element) ? null : element.outerHTML.slice(0, 300);
})()`;
