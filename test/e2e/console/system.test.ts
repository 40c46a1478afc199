import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { connect } from "@nats-io/transport-node";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: whoever administers a server sees in the console how it is, who is connected, what it logs and what it was told,
 * and where he is logged in, and ends what he wants ended. Method: Chromium against a server that was just started.
 */
suite("the system in the console", { skip }, () => {
  test("health, connections, log, configuration, sessions", async () => {
    await using scene = await ConsoleScene.open();
    const page = await scene.enter();
    await page.getByRole("link", { name: "System" }).click();
    await page.getByText("Running since").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "system-light");

    const client = await connect({ servers: scene.ready.url, name: probe, reconnect: false });
    await page.getByRole("tab", { name: "Connections" }).click();
    const row = page.getByRole("row", { name: /window\.hit/ });
    await row.waitFor();
    await scene.hasRunNothing(page);
    await scene.isAccessible(page);
    await scene.picture(page, "system-connections");
    await row.getByRole("button", { name: /Close connection/ }).click();
    await page
      .getByRole("dialog")
      .getByText(/loses its connection/)
      .waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await row.getByRole("button", { name: /Close connection/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Close it" }).click();
    await client.closed();
    await row.waitFor({ state: "detached" });

    await page.getByRole("tab", { name: "Configuration" }).click();
    await page.getByRole("combobox", { name: "Value of log" }).click();
    await page.getByRole("option", { name: "warn" }).click();
    await page.getByText("--port", { exact: true }).first().waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "system-settings");
    await page.getByRole("tab", { name: "Log" }).click();
    await page.getByText(/the level of the log was changed/).waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "system-log");
    await page.getByRole("textbox", { name: "Containing" }).fill("nowhere to be found");
    await page.getByText("Nothing was written yet that is shown here").waitFor();
    await page.waitForURL(/q=nowhere/);
    await scene.look(page, "/system?tab=log&q=LEVEL+of+the&level=info", /level of the log was/);
    assert.equal(
      await page.getByRole("textbox", { name: "Containing" }).inputValue(),
      "LEVEL of the",
    );
    await page.getByRole("combobox", { name: "From level" }).click();
    await page.getByRole("option", { name: "fatal" }).click();
    await page.waitForURL(/level=fatal/);
    await page.getByText("Nothing was written yet that is shown here").waitFor();

    const second = await scene.enter({
      colorScheme: "dark",
      viewport: { width: 390, height: 800 },
    });
    await scene.look(second, "/system", "Running since");
    await scene.isAccessible(second);
    await scene.picture(second, "system-dark-390");
    await page.getByRole("button", { name: /Logged in as/ }).click();
    await page.getByRole("menuitem", { name: "Sessions" }).click();
    await page.getByText("This one").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "sessions-light");
    await page.getByRole("button", { name: "End all others" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await second.reload();
    await second.getByRole("button", { name: "Log in" }).waitFor();
  });

  test("defaults of stations, and how long dead letters are kept", async () => {
    await using scene = await ConsoleScene.open();
    const password = "a lamp of brass";
    await scene.api("PUT", "/users/ann", { role: "viewer", password });
    const page = await scene.enter();
    await scene.look(page, "/system?tab=settings", "--port");
    await page.getByRole("link", { name: /Defaults of stations/ }).click();
    const stations = page.getByRole("region", { name: "New stations" });
    const save = stations.getByRole("button", { name: "Save defaults" });
    await save.waitFor();
    assert.equal(await save.isEnabled(), false);
    await stations.getByRole("switch", { name: "Stations make themselves" }).check();
    await stations.getByRole("textbox", { name: "Partitions" }).fill("3");
    await stations.getByRole("textbox", { name: "Messages are kept for" }).fill("2");
    scene.expectedStatuses.add(400).add(403);
    await stations.getByRole("textbox", { name: "Duplicates are known for" }).fill("999999");
    await save.click();
    await stations.getByText(/remembered for .* longer than messages are kept/).waitFor();
    await stations.getByRole("textbox", { name: "Duplicates are known for" }).fill("1");
    await save.click();
    await page.getByText("Saved, for stations that are made from now on").waitFor();
    const made = (await scene.api("PUT", "/stations/orders", {})) as {
      settings: { partitions: number; maxAgeMs: number };
    };
    assert.deepEqual([made.settings.partitions, made.settings.maxAgeMs], [3, 2 * 86_400_000]);
    await scene.isAccessible(page);
    await scene.picture(page, "defaults-light");
    await stations.getByRole("button", { name: "Take those of Oxbow" }).click();
    await save.click();
    const kept = (): Promise<unknown> => scene.api("GET", "/station-defaults");
    await save.and(page.locator(":disabled:not([data-loading])")).waitFor();
    assert.deepEqual(await kept(), { isAutoCreated: true, settings: {} });

    const letters = page.getByRole("region", { name: "Retention of dead letters" });
    await letters.getByRole("textbox", { name: "At most, in dead letters" }).fill("1000");
    await letters.getByRole("button", { name: "Save retention" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/go at once, the oldest first/).waitFor();
    await scene.isAccessible(page);
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    const { maxMessages } = (await scene.api("GET", "/dead-letters/retention")) as {
      maxMessages: number;
    };
    assert.equal(maxMessages, 1000);

    const ann = await scene.visit({ colorScheme: "dark", viewport: { width: 390, height: 800 } });
    await ann.goto(scene.ready.httpUrl);
    await ann.getByRole("textbox", { name: "User" }).fill("ann");
    await ann.getByRole("textbox", { name: "Password" }).fill(password);
    await ann.getByRole("button", { name: "Log in" }).click();
    await ann.getByRole("heading", { name: "Overview" }).waitFor();
    await scene.look(ann, "/system?tab=defaults", /To change these takes the role admin/);
    assert.equal(await ann.getByRole("textbox", { name: "Partitions" }).isDisabled(), true);
    assert.equal(await ann.getByRole("button", { name: /Save/ }).count(), 0);
    await scene.isAccessible(ann);
    await scene.picture(ann, "defaults-dark-390");
  });
});
