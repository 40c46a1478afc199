import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Page } from "playwright-core";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

const count = 120;

/**
 * Goal: among many stations one is found by name, tag, order and mark, by an address that can be passed on, and one is made
 * with every setting there is. Method: more stations than are in sight, whose rows are asked for when they come into it.
 */
suite("the stations of the console", { skip }, () => {
  test("are found, put in order and marked, and one is made", async () => {
    await using scene = await ConsoleScene.open();
    const numbers = Array.from({ length: count }, (_, index) => index);
    await Promise.all(
      numbers.map((number) =>
        scene.api("PUT", `/stations/shop.part-${String(number).padStart(3, "0")}`, {
          storage: "memory",
          tags: [number % 2 === 0 ? "even" : "odd"],
        }),
      ),
    );
    await scene.api("PUT", "/stations/probes", { description: probe, tags: [probe] });
    await scene.api("POST", "/stations/shop.part-077/messages/batch", {
      messages: [{ payload: "1" }, { payload: "2" }],
    });
    const page = await scene.enter();
    await scene.look(page, "/stations", "121");
    await page.getByRole("link", { name: "shop.part-000" }).waitFor();
    assert.ok((await page.getByRole("row").count()) < 60, "only what is in sight is in the page");
    await page.evaluate("window.scrollTo(0, document.body.scrollHeight)");
    await page.getByRole("link", { name: "shop.part-119" }).waitFor();

    await choose(page, "Order", "Most messages");
    await page.waitForURL(/sort=messages/);
    await page.getByRole("link", { name: "shop.part-077" }).waitFor();
    await page.evaluate("window.scrollTo(0, 0)");
    assert.match((await page.getByRole("row").nth(1).textContent()) ?? "", /^shop\.part-077.*2/);
    await page.getByRole("textbox", { name: /^Search by name/ }).fill("part-07");
    await page.getByText("10 of 121").waitFor();
    await choose(page, "Tags", "odd (5)");
    await page.getByText("5 of 121").waitFor();
    assert.match(page.url(), /search=part-07&tags=odd|tags=odd.*search=part-07/);
    await page.getByRole("button", { name: "Make shop.part-073 a favourite" }).click();
    await page.locator("label", { hasText: "Favourites" }).click();
    await page.getByText("1 of 121").waitFor();

    // What stands in the address is there again for whoever opens it; the mark is of this browser.
    await page.reload();
    await page.getByText("1 of 121").waitFor();
    await page.getByRole("button", { name: "shop.part-073 is no favourite" }).click();
    await page.getByText(/None of your favourites/).waitFor();
    await page.goto(`${scene.ready.httpUrl}/stations?search=nothing`);
    await page.getByText(/No station of that name/).waitFor();

    await page.keyboard.press("Control+k");
    await page.getByPlaceholder(/^A station/).fill("part-099");
    await page
      .getByRole("button", { name: /shop\.part-099/ })
      .first()
      .click();
    await page.getByRole("heading", { name: "shop.part-099" }).waitFor();
    await isMade(scene, page);
  });

  test("are shown as they are named and described, in light and dark, wide and narrow", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/stations/probes", { description: probe, tags: [probe, "eu"] });
    await scene.api("PUT", "/stations/orders.incoming-of-a-long-name", { tags: ["eu", "shop"] });
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await scene.enter({ colorScheme });
      await scene.look(page, "/stations", "orders.incoming");
      await page.getByText(probe).first().waitFor();
      await scene.isAccessible(page);
      await scene.picture(page, `stations-${colorScheme}`);
      await scene.look(page, "/stations?new=station", "Each is a stream of its own");
      for (const part of ["How long messages", "Description and tags", "Size and duplicates"]) {
        await page.getByRole("button", { name: new RegExp(part) }).click();
      }
      await page.getByText("Longer takes more memory").waitFor();
      await scene.isAccessible(page);
      await scene.picture(page, `create-station-${colorScheme}`);
      await scene.hasRunNothing(page);
      await page.context().close();
    }
    const narrow = await scene.enter({ viewport: { width: 390, height: 800 } });
    await scene.look(narrow, "/stations", "orders.incoming");
    await scene.picture(narrow, "stations-narrow");
    await scene.look(narrow, "/stations?new=station", "Each is a stream of its own");
    await narrow.getByRole("button", { name: /How long messages/ }).click();
    await scene.picture(narrow, "create-station-narrow");
    assert.equal(await narrow.evaluate("document.body.scrollWidth <= 390"), true);
  });
});

/** What is wrong is said at its field, and what is right is made. */
async function isMade(scene: ConsoleScene, page: Page): Promise<void> {
  await scene.api("PUT", "/schemas/order", { format: "json", text: '{"required":["id"]}' });
  await page.goto(`${scene.ready.httpUrl}/stations?new=station`);
  const dialog = page.getByRole("dialog");
  const name = dialog.getByRole("textbox", { name: "Name", exact: true });
  scene.expectedStatuses.add(400);
  await name.fill("two words");
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog
    .getByText(/is no name for a station/)
    .first()
    .waitFor();
  assert.equal(await name.getAttribute("aria-invalid"), "true");
  await name.fill("fresh");
  await dialog.getByRole("button", { name: /How long messages/ }).click();
  await dialog.getByRole("textbox", { name: "Messages are kept for" }).fill("3");
  await dialog.getByRole("textbox", { name: "At most, in messages" }).fill("1000");
  await dialog.getByRole("button", { name: /Description and tags/ }).click();
  await dialog.getByLabel("Tags", { exact: true }).fill("eu");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: /^Schema/ }).click();
  await choose(page, "Schema", "order");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "fresh" }).waitFor();
  const made = (await scene.api("GET", "/stations/fresh")) as { settings: Record<string, unknown> };
  assert.equal(made.settings["maxAgeMs"], 3 * 86_400_000);
  assert.equal(made.settings["maxMessages"], 1_000);
  assert.deepEqual(made.settings["tags"], ["eu"]);
  await page.getByRole("link", { name: "schema order" }).waitFor();
}

async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByLabel(field, { exact: true }).and(page.locator("input")).last().click();
  await page.getByRole("option", { name: option }).click();
}
