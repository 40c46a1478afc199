import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: all that a station is told can be changed where it can be, with what that takes away said before, its schema is
 * attached and taken off, it is purged and deleted, and who did that is seen. Method: a station with keys, and a schema.
 */
suite("the settings of a station in the console", { skip }, () => {
  test("are changed, a schema is attached, messages are purged, and it stands in the audit", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/stations/orders", { description: probe, tags: [probe] });
    await scene.api("PUT", "/schemas/order", { format: "json", text: '{"required":["id"]}' });
    await scene.api("POST", "/stations/orders/messages/batch", {
      messages: ["eu", "eu", "us"].map((key) => ({ payload: "1", key })),
    });
    const page = await scene.enter();
    const dialog = page.getByRole("dialog");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await scene.look(page, "/stations/orders?tab=settings", "What can't be taken back");
      await scene.isAccessible(page);
      await scene.picture(page, `settings-${colorScheme}`);
    }
    await page.getByRole("textbox", { name: "Description" }).fill(`${probe} changed`);
    await page.getByText("A setting is changed").waitFor();
    await page.getByRole("textbox", { name: "At most, in messages" }).fill("2");
    await page.getByText("2 settings are changed").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await dialog.getByText(/Fewer messages are kept.*the station has 3/).waitFor();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByText("Saved").waitFor();
    await page.getByText("2 messages").first().waitFor();
    scene.expectedStatuses.add(400);
    await page.getByRole("textbox", { name: "Duplicates are known for" }).fill("999999");
    await page.getByRole("button", { name: "Save" }).click();
    await page
      .getByText(/longer than messages are kept/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Undo" }).click();

    await page.getByRole("tab", { name: "Schema" }).click();
    await page.getByText("No schema: anything is let in").waitFor();
    await page.getByLabel("Schema", { exact: true }).and(page.locator("input")).click();
    await page.getByRole("option", { name: "order (json)" }).click();
    await page.getByRole("button", { name: "Attach" }).click();
    await dialog.getByText(/has to fit order/).waitFor();
    await dialog.getByRole("button", { name: "Attach" }).click();
    await page.getByRole("link", { name: "schema order" }).waitFor();
    await page.getByRole("radio", { name: "is let in" }).check();
    await page.getByRole("button", { name: "Change" }).click();
    await dialog.getByRole("button", { name: "Change" }).click();
    await page.getByText(/does not fit is let in/).waitFor();
    await scene.isAccessibleInBoth(page, "station-schema");
    await page.getByRole("button", { name: "Detach" }).click();
    await dialog.getByRole("button", { name: "Detach" }).click();
    await page.getByText("No schema: anything is let in").waitFor();

    await page.getByRole("tab", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Purge" }).click();
    await dialog.getByText("2 of 2 messages").waitFor();
    await dialog.getByRole("textbox", { name: "Only of the key" }).fill("us");
    await dialog.getByText("1 of 2 messages").waitFor();
    assert.ok(await dialog.getByRole("button", { name: "Purge" }).isDisabled());
    await dialog.getByRole("textbox", { name: "Type orders to go on" }).fill("orders");
    await scene.picture(page, "purge");
    await dialog.getByRole("button", { name: "Purge" }).click();
    await page.getByText("1 removed").waitFor();

    await page.getByRole("tab", { name: "Audit" }).click();
    await page
      .getByRole("row", { name: /station.edit/ })
      .last()
      .getByRole("link")
      .click();
    const change = page.getByRole("dialog", { name: "station.edit" });
    await change.locator(".cm-insertedLine").getByText('"maxMessages": 2').waitFor();
    await scene.isAccessibleInBoth(page, "station-audit");
    await page.setViewportSize({ width: 390, height: 900 });
    await scene.look(page, "/stations/orders?tab=settings", "What can't be taken back");
    await page.getByRole("region", { name: "How long messages are kept" }).scrollIntoViewIfNeeded();
    await scene.picture(page, "settings-narrow");
    await scene.hasRunNothing(page);
  });
});
