import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { connect, type Message } from "oxbow";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: from a message one gets to where it came from, to what each group did with it, and to what came of it. Method: a
 * message that was traced, failed, given up and derived from, with markup in every text that can have any.
 */
suite("the journey of a message in the console", { skip }, () => {
  test("goes from the message to what became of it, and on to what came of it", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/stations/orders");
    await scene.api("PUT", "/stations/invoices");
    for (const group of ["billing", "traced"]) {
      await scene.api("PUT", `/stations/orders/groups/${group}`, {
        tracePercent: group === "traced" ? 100 : 0,
      });
    }
    await using ox = await connect({ servers: scene.ready.url, name: "shop" });
    const orders = ox.station("orders");
    const key = "eu.1";
    await orders.producer({ name: probe }).produce({ id: 1 }, { key, messageId: probe });
    const taken = async (group: string): Promise<Message<unknown>> => {
      const [message] = await orders.fetch(1, { group, timeoutMs: 30_000 });
      assert.ok(message);
      return message;
    };
    (await taken("traced")).nak();
    await (await taken("traced")).ackSync();
    const parent = await taken("billing");
    await ox.station("invoices").produce({ of: 1 }, { parent });
    await parent.deadLetter(probe);

    const page = await scene.enter();
    await scene.look(page, "/stations/orders", "orders");
    await page.locator(".message-payload").last().click();
    const drawer = page.getByRole("dialog");
    await drawer.getByText("What happened").waitFor();
    await scene.picture(page, "journey-drawer");
    await drawer.getByText("Acknowledged: group traced, delivery 2").waitFor();
    await drawer.getByText("Given up: group billing, delivery 1").waitFor();
    await drawer.getByRole("link", { name: "invoices 1:1" }).first().waitFor();
    await scene.picture(page, "journey-drawer");
    await drawer.getByRole("link", { name: "invoices 1:1" }).first().click();
    await page.getByRole("heading", { name: "Message 1 of partition 1" }).waitFor();
    await page.getByText("goes on here.").waitFor();
    await page.getByRole("link", { name: "orders 1:1" }).click();
    await page.getByText("begins here.").waitFor();
    await page.getByText("typed client").waitFor();
    await page.getByRole("link", { name: /Dead letter/ }).click();
    await page.getByRole("tab", { name: /Dead letters/, selected: true }).waitFor();
    await scene.hasRunNothing(page);

    for (const scheme of ["light", "dark"] as const) {
      const shown = await scene.enter({ colorScheme: scheme });
      await scene.look(shown, "/stations/orders/messages/1/1", "Given up: group billing");
      await scene.isAccessible(shown);
      await shown.setViewportSize({ width: 1280, height: 1900 });
      await scene.picture(shown, `journey-${scheme}`);
      await shown.setViewportSize({ width: 390, height: 2200 });
      await scene.picture(shown, `journey-narrow-${scheme}`);
      await scene.hasRunNothing(shown);
    }
  });
});
