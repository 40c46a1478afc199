import { suite, test } from "node:test";
import type { Page } from "playwright-core";
import { skip } from "./support/chromium.ts";
import { confirm } from "./support/confirm.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

async function write(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole("textbox", { name: label }).fill(text);
}

/**
 * Goal: a schema is written, tried, changed, compared, used and deleted in the console, and nothing of its text runs.
 * Method: Chromium, against a server that was just started.
 */
suite("schemas in the console", { skip }, () => {
  test("write one, try a message, break its promise, add a version, use it, delete it", async () => {
    await using scene = await ConsoleScene.open();
    // What is in use is not deleted.
    scene.expectedStatuses.add(409);
    await scene.api("PUT", "/stations/orders", {});
    await scene.api("POST", "/stations/orders/messages", { id: 1, customer: "Ann" });
    const page = await scene.enter();
    await page.getByRole("link", { name: "Schemas" }).click();
    await page.getByText("There is no schema yet").waitFor();
    await page.getByRole("link", { name: "New schema" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("order");
    await page.getByRole("combobox", { name: "Station to take messages of" }).click();
    await page.getByRole("option", { name: "orders" }).click();
    await page.getByRole("button", { name: "From its latest messages" }).click();
    await page.getByText("Made of 1 message").waitFor();
    await page.getByText("The message fits.").waitFor();
    await write(page, "Message to try", '{"id": "one", "customer": "Ann"}');
    await page.getByText("/id: must be integer").waitFor();
    await scene.isAccessibleInBoth(page, "schema-tried");
    await write(page, "Text of the schema", '{"type": "object", }');
    await page.getByText("This is no schema").waitFor();
    await page.locator(".cm-lintRange-error").waitFor();
    const text = '{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]}';
    await write(page, "Text of the schema", text);
    await page.getByText("This is a schema.").waitFor();
    await page.getByRole("button", { name: "Create schema" }).click();
    await page.getByRole("heading", { name: "order" }).waitFor();

    await page.getByRole("tab", { name: /Stations/ }).click();
    await page.getByRole("combobox", { name: "Station", exact: true }).click();
    await page.getByRole("option", { name: "orders" }).click();
    await page.getByRole("button", { name: "Attach" }).click();
    await page.getByText("orders uses order from now on.").waitFor();
    await page.getByRole("tab", { name: /Text/ }).click();
    await write(page, "Text of the schema", text.replace("integer", "string"));
    await page.getByText("It breaks what the schema promises: Backward").waitFor();
    await page.getByText(/Hit would be .* orders/).waitFor();
    await scene.isAccessibleInBoth(page, "schema-breaks");
    await write(page, "Text of the schema", text.replace('"required":["id"]', '"title":"Order"'));
    await page.getByText("Nothing breaks between").waitFor();
    await page.getByRole("button", { name: "Add version" }).click();
    await page.getByText("Version 2 of 2 is active. 1 station uses it.").waitFor();

    await page.getByRole("tab", { name: /Versions/ }).click();
    await page.getByText("Who can't read what").waitFor();
    await page.locator(".cm-deletedChunk").first().waitFor();
    await scene.isAccessibleInBoth(page, "schema-differs");
    await page.getByRole("button", { name: "Activate version 1" }).click();
    await confirm(page, "Activate");
    await page.getByText("Version 1 of 2 is active.").waitFor();
    await page.getByRole("button", { name: "Delete version 1" }).click();
    await confirm(page, "Delete version");
    await page
      .getByRole("dialog")
      .getByText(/is active: activate/)
      .waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Delete version 2" }).click();
    await confirm(page, "Delete version");
    await page.getByText("Version 1 of 1 is active.").waitFor();

    await page.getByRole("tab", { name: "Settings" }).click();
    await page.getByRole("radio", { name: "Full", exact: true }).check();
    await page.getByRole("button", { name: "Change" }).click();
    await page.getByText("The next version is compared by this.").waitFor();
    await page.getByRole("button", { name: "Delete" }).click();
    await confirm(page, "Delete", "order");
    await page
      .getByRole("dialog")
      .getByText(/station orders/)
      .waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("tab", { name: /Stations/ }).click();
    await page.getByRole("button", { name: "Detach from orders" }).click();
    await confirm(page, "Detach");
    await page.getByText("No station uses it: attach it").waitFor();
    await page.getByRole("tab", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await confirm(page, "Delete", "order");
    await page.getByText("There is no schema yet").waitFor();
  });

  test("every text of a schema is shown as text, in light and dark, and at 390 px", async () => {
    await using scene = await ConsoleScene.open();
    const written = (title: string): string =>
      JSON.stringify({ title, description: probe }, null, 2);
    await scene.api("PUT", "/stations/probes", {});
    await scene.api("PUT", "/schemas/probe", { format: "json", text: written("one") });
    await scene.api("POST", "/schemas/probe/versions", { text: written("two") });
    await scene.api("PUT", "/stations/probes/schema", { schema: "probe", version: 1 });
    const proto = `syntax = "proto3";\n// ${probe}\nmessage A { int64 id = 1; }\n`;
    await scene.api("PUT", "/schemas/proto", { format: "protobuf", text: proto });
    const graphql = `# ${probe}\ntype Query { a: Int }\n`;
    await scene.api("PUT", "/schemas/graph", { format: "graphql", text: graphql });
    const wide = await scene.enter();
    for (const [path, text, name] of [
      ["/schemas", "probes", "schemas"],
      ["/schemas/probe", "This is a schema.", "schema"],
      ["/schemas/probe?tab=versions", /window\.hit/, "schema-versions"],
      ["/schemas/probe?tab=stations", "pinned to 1", "schema-stations"],
      ["/schemas/probe?tab=settings", "What each new version", "schema-settings"],
      ["/schemas/proto", "This is a schema.", "schema-protobuf"],
      ["/schemas/graph", "This is a schema.", "schema-graphql"],
      ["/new-schema?station=probes", "Where to begin", "new-schema"],
    ] as const) {
      await scene.look(wide, path, text);
      await scene.isAccessibleInBoth(wide, name);
      await scene.hasRunNothing(wide);
    }
    const page = await scene.enter({ viewport: { width: 390, height: 844 } });
    for (const [path, text, name] of [
      ["/schemas/probe", "This is a schema.", "schema"],
      ["/new-schema", "Where to begin", "new-schema"],
    ] as const) {
      await scene.look(page, path, text);
      await scene.picture(page, `${name}-390`);
    }
  });
});
