import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Page } from "playwright-core";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: what died is understood by its causes, looked at, changed, sent again to wherever, or dropped, and before each it is
 * told what that comes to. Method: messages that a group gave up for two causes, one of them a probe.
 */
suite("the dead letters of a station in the console", { skip }, () => {
  test("are found by cause, changed, sent again, sent elsewhere, and dropped", async () => {
    await using scene = await ConsoleScene.open();
    await bury(scene);
    const page = await scene.enter();
    await scene.look(page, "/stations/orders?tab=dead-letters", "5 dead letters, by cause");
    const causes = page.getByRole("region", { name: "Causes" });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await scene.isAccessible(page);
      await scene.picture(page, `dead-letters-${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: "light" });
    await causes.getByRole("button", { name: /order \d took/ }).click();
    await page.waitForURL(/cause=/);
    await page.getByText("Only those of one cause").waitFor();
    const rows = page.getByRole("checkbox", { name: /Choose dead letter/ });
    await hasRows(page, 4);

    // One is looked at, changed, and sent again.
    await page
      .getByRole("row", { name: /took 30 s/ })
      .first()
      .getByRole("button")
      .click();
    const drawer = page.getByRole("dialog", { name: /Dead letter \d/ });
    const editor = drawer.getByRole("textbox", { name: "Payload" });
    await editor.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText("changed");
    await drawer.getByText("Changed: this is what will be sent.").waitFor();
    await scene.picture(page, "dead-letter");
    await drawer.getByRole("button", { name: "Send again as changed" }).click();
    const resend = page.getByRole("dialog", { name: "Send again" });
    await resend.getByText("1 of 1 would be sent").waitFor();
    await resend.getByRole("button", { name: "Send again" }).click();
    await resend.getByText(/Done: 1 of 1 sent/).waitFor();
    await resend.getByRole("button", { name: "Close", exact: true }).last().click();
    await page.keyboard.press("Escape");
    await hasRows(page, 3);

    // All of the cause go to another station.
    await scene.api("PUT", "/stations/elsewhere", {});
    await page.getByRole("button", { name: "Send all of these again" }).click();
    await resend.getByRole("radio", { name: "another station" }).check();
    await resend.getByRole("combobox", { name: "Station" }).fill("elsewhere");
    await resend.getByText("3 of 3 would be sent").waitFor();
    await scene.picture(page, "dead-letters-resend");
    await resend.getByRole("button", { name: "Send again" }).click();
    await resend.getByText(/Done: 3 of 3 sent/).waitFor();
    await resend.getByRole("button", { name: "Close", exact: true }).last().click();
    await page.getByText("None of the dead letters is so.").waitFor();
    const { messages } = (await scene.api("GET", "/stations/elsewhere")) as { messages: number };
    assert.equal(messages, 3);

    await page.getByRole("button", { name: "All", exact: true }).click();
    await rows.first().check();
    await page.getByText("1 chosen").waitFor();
    await page.getByRole("button", { name: "Drop" }).click();
    const drop = page.getByRole("dialog", { name: "Drop dead letters" });
    await drop.getByText("1 dead letter is removed for ever").waitFor();
    await drop.getByRole("button", { name: "Cancel" }).click();
    await drop.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Drop" }).click();
    await drop.getByRole("button", { name: "Drop" }).click();
    await page.getByText(/^No dead letters/).waitFor();
    await scene.hasRunNothing(page);

    // What is binary is read and changed as JSON, by the schema of its station.
    await buryAvro(scene);
    await scene.look(page, "/stations/binary?tab=dead-letters", "1 dead letter, by cause");
    await page
      .getByRole("row", { name: /no such city/ })
      .last()
      .getByRole("button")
      .click();
    await drawer.getByText("Payload, read by order, version 1").waitFor();
    await editor.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText('{"id":"x"}');
    await drawer.getByRole("button", { name: "Send again as changed" }).click();
    await drawer.getByRole("alert").waitFor();
    await scene.picture(page, "dead-letter-avro");
    await editor.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText('{"id":1,"city":"Oslo"}');
    await drawer.getByRole("button", { name: "Send again as changed" }).click();
    await resend.getByText("1 of 1 would be sent").waitFor();
    await resend.getByRole("button", { name: "Send again" }).click();
    await resend.getByText(/Done: 1 of 1 sent/).waitFor();
    const again = await scene.api("POST", "/stations/binary/groups/billing/fetch", {});
    const { messages: sent } = again as { messages: { payload: string }[] };
    assert.equal(sent[0]?.payload, Buffer.from([2, 8, 79, 115, 108, 111]).toString());
  });
});

/** A message of Avro, `{"id":1,"city":"Rom"}`, that a member gave up. */
async function buryAvro(scene: ConsoleScene): Promise<void> {
  const fields = [
    { name: "id", type: "long" },
    { name: "city", type: "string" },
  ];
  const text = JSON.stringify({ type: "record", name: "Order", fields });
  await scene.api("PUT", "/schemas/order", { format: "avro", text });
  await scene.api("PUT", "/stations/binary", {});
  await scene.api("PUT", "/stations/binary/schema", { schema: "order" });
  const payload = Buffer.from([2, 6, 82, 111, 109]).toString("base64");
  await scene.api("POST", "/stations/binary/messages/batch", {
    messages: [{ payload, encoding: "base64" }],
  });
  const fetched = await scene.api("POST", "/stations/binary/groups/billing/fetch", {});
  const { messages } = fetched as { messages: { token: string }[] };
  await scene.api("POST", "/stations/binary/groups/billing/settle", {
    messages: messages.map(({ token }) => ({ token, outcome: "dead", reason: "no such city" })),
  });
}

/** So many dead letters are shown, in the end. */
async function hasRows(page: Page, count: number): Promise<void> {
  const rows = page.getByRole("checkbox", { name: /Choose dead letter/ });
  await rows.nth(count - 1).waitFor();
  await rows.nth(count).waitFor({ state: "detached" });
}

/** Four messages that took too long, each as long as it says, and one whose reason is a probe. */
async function bury(scene: ConsoleScene): Promise<void> {
  await scene.api("PUT", "/stations/orders", {});
  await scene.api("POST", "/stations/orders/messages/batch", {
    messages: ["1", "2", "3", "4", "5"].map((payload) => ({ payload, headers: { probe } })),
  });
  const fetched = await scene.api("POST", "/stations/orders/groups/billing/fetch", {});
  const { messages } = fetched as { messages: { token: string }[] };
  assert.equal(messages.length, 5);
  await scene.api("POST", "/stations/orders/groups/billing/settle", {
    messages: messages.map(({ token }, index) => ({
      token,
      outcome: "dead",
      reason: index === 0 ? probe : `order ${index} took 30 s`,
    })),
  });
}
