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
});
