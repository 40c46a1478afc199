import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: who changed what is found, looked at and taken away as a file, and nothing of what was asked for runs. Method:
 * Chromium, against a server with more changes than a page has.
 */
suite("the audit in the console", { skip }, () => {
  test("find a change, see what it was before and after, take all of them away", async () => {
    await using scene = await ConsoleScene.open();
    const edits = 51;
    await scene.api("PUT", "/stations/orders", { description: "first" });
    await scene.api("PATCH", "/stations/orders", { description: probe });
    await scene.api("PUT", "/stations/other", {});
    for (let count = 0; count < edits; count++) {
      await scene.api("PATCH", "/stations/other", { description: `${count}` });
    }
    const page = await scene.enter();
    await page.getByRole("link", { name: "Audit" }).click();
    await page.getByRole("heading", { name: "Audit" }).waitFor();
    await page.getByRole("cell", { name: "other" }).first().waitFor();
    assert.equal(await page.getByRole("row").count(), 51);
    await page.getByRole("button", { name: "Show older ones" }).click();
    await page.getByRole("cell", { name: "orders" }).first().waitFor();
    await page.getByRole("textbox", { name: "On which" }).fill("orders");
    await page.waitForURL(/name=orders/);
    await page.getByRole("cell", { name: "other" }).first().waitFor({ state: "detached" });
    assert.equal(await page.getByRole("row").count(), 3);
    await scene.isAccessible(page);
    await scene.picture(page, "audit");

    await page
      .getByRole("row", { name: /station.edit/ })
      .getByRole("link")
      .click();
    const detail = page.getByRole("dialog");
    await detail.getByText("Before and after").waitFor();
    await detail.locator(".cm-deletedChunk").getByText("first").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "audit-entry");
    await page.reload();
    await detail.locator(".cm-deletedChunk").getByText("first").waitFor();
    await scene.hasRunNothing(page);
    await page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });

    const waiting = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download NDJSON" }).click();
    const file = await (await waiting).path();
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    const operations = lines.map((line) => (JSON.parse(line) as { operation: string }).operation);
    assert.deepEqual(operations, ["station.edit", "station.create"]);
    await page.getByRole("textbox", { name: "Who" }).fill("nobody");
    await page.getByText("No change like that").waitFor();
    await page.getByRole("link", { name: "Clear" }).click();
    await page.getByRole("cell", { name: "other" }).first().waitFor();

    for (const [options, name] of [
      [{ colorScheme: "dark" }, "dark"],
      [{ viewport: { width: 390, height: 844 } }, "390"],
    ] as const) {
      const other = await scene.enter(options);
      await scene.look(other, "/audit?name=orders", "station.edit");
      await scene.isAccessible(other);
      await scene.picture(other, `audit-${name}`);
      await other
        .getByRole("row", { name: /station.edit/ })
        .getByRole("link")
        .click();
      await other.locator(".cm-deletedChunk").getByText("first").waitFor();
      await scene.isAccessible(other);
      await scene.picture(other, `audit-entry-${name}`);
    }
  });
});
