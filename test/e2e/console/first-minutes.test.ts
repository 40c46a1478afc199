import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import type { Page } from "playwright-core";
import { RunningCommand } from "../support/command.ts";
import { skip } from "./support/chromium.ts";
import { ConsoleScene } from "./support/console-scene.ts";
import { PastedModule, pastedShell } from "./support/pasted.ts";

/**
 * Goal: who has just started Oxbow for the first time creates a station, pastes code, sees messages flow, breaks a schema,
 * finds the dead letter and sends it again, with nothing but what the server prints and the console shows. Method: a server
 * as `npm start` starts it, with a data directory of its own; Chromium; the code is what the console's buttons copy. Pictures
 * of each step, in light and dark, are left in `coverage/console`.
 */
suite("the first minutes with the console", { skip }, () => {
  test("a station, code, messages, a schema, a dead letter, sent again", async () => {
    const home = await mkdtemp(join(tmpdir(), "oxbow-first-minutes-"));
    try {
      await walk(home);
    } finally {
      await rm(home, { recursive: true });
    }
  });
});

async function walk(home: string): Promise<void> {
  const server = new RunningCommand(["start", "--port", "0"], { cwd: home });
  const printed = new Map<string, string>();
  await using scene = await ConsoleScene.at(server, async () => {
    for (let line = await server.line(); !printed.has("stop"); line = await server.line()) {
      const [, name = line, value = ""] = /^ {2}(\S+(?: \S+)*) {2,}(.*)$/.exec(line) ?? [];
      printed.set(name, value);
      if (name === "stop") break;
    }
    return { url: said("address"), httpUrl: said("console") };
  });
  function said(name: string): string {
    const value = printed.get(name);
    assert.ok(value !== undefined, `the server prints its ${name}`);
    return value;
  }
  const page = await scene.visit();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  let step = 0;
  const picture = async (name: string): Promise<void> => {
    step++;
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await scene.picture(page, `first-${String(step).padStart(2, "0")}-${name}-${colorScheme}`);
    }
  };
  const dialog = page.getByRole("dialog");

  await page.goto(said("console"));
  const [password = ""] = said("console password").split(" ");
  await page.getByRole("textbox", { name: "User" }).fill(said("console user"));
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await picture("login");
  await page.getByRole("button", { name: "Log in" }).click();

  const steps = page.getByRole("region", { name: "First steps" });
  await steps.getByRole("link", { name: "Create a station" }).waitFor();
  await picture("overview");
  await steps.getByRole("link", { name: "Create a station" }).click();
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("orders");
  await picture("create");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "orders" }).waitFor();
  await page.getByText("No messages yet").waitFor();
  await picture("station");

  await page.getByRole("link", { name: "Show the code" }).click();
  await page.getByRole("tab", { name: "TypeScript", exact: true }).click();
  await page.getByText("save it as produce.ts").waitFor();
  await picture("code");
  await using consumer = await PastedModule.run(await copied(page, "consume"));
  await using producer = await PastedModule.run(await copied(page, "produce"));
  assert.match(await producer.line(), /^stored 1$/);
  assert.equal(await consumer.line(), "got 1");
  await page.getByRole("tab", { name: "curl" }).click();
  assert.match(await pastedShell(await copied(page, "produce")), /"sequence":2/);
  assert.equal(await consumer.line(), "got 1");

  await page.getByRole("tab", { name: "Messages" }).click();
  await page.getByRole("button", { name: "Show message 1:2" }).waitFor();
  const groups = page.getByRole("region", { name: "Consumer groups" });
  await groups.getByText(/1 member$/).waitFor();
  await page.getByText("2 messages", { exact: true }).waitFor();
  await picture("flow");
  // Without a hand of who looks, it is told that there is more.
  assert.match(await pastedShell(await clip(page)), /"sequence":3/);
  await page.getByRole("button", { name: "Show 1 new" }).click();
  await page.getByRole("button", { name: "Show message 1:3" }).waitFor();
  assert.equal(await consumer.line(), "got 1");

  await page.getByRole("tab", { name: "Schema" }).click();
  await page.getByRole("link", { name: "New schema for orders" }).click();
  await page.getByRole("button", { name: "From its latest messages" }).click();
  await page.getByText("The message fits.").waitFor();
  await picture("schema");
  await page.getByRole("button", { name: "Create schema" }).click();
  await page.getByRole("link", { name: "schema orders" }).waitFor();
  await picture("attached");

  await page.getByRole("tab", { name: "Messages" }).click();
  await page.getByRole("button", { name: "Produce" }).click();
  await dialog.getByRole("textbox", { name: "Payload" }).fill('{"id": "four"}');
  await dialog.getByRole("button", { name: "Send" }).click();
  await dialog.getByText(/must be integer/).waitFor();
  await picture("refused");
  await dialog.getByRole("link", { name: "show the dead letters" }).click();
  const letter = page.getByRole("button", { name: /must be integer/ }).last();
  await letter.waitFor();
  await picture("dead-letters");
  await letter.click();
  const editor = dialog.getByRole("textbox", { name: "Payload" });
  await editor.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText('{"id": 4}');
  await dialog.getByText("Changed: this is what will be sent.").waitFor();
  await picture("mended");
  await dialog.getByRole("button", { name: "Send again as changed" }).click();
  const resend = page.getByRole("dialog", { name: "Send again" });
  await resend.getByText("1 of 1 would be sent").waitFor();
  await picture("resend");
  await resend.getByRole("button", { name: "Send again" }).click();
  await resend.getByText(/Done: 1 of 1 sent/).waitFor();
  await picture("sent");
  assert.equal(await consumer.line(), "got 4");
  await resend.getByRole("button", { name: "Close", exact: true }).last().click();
  await page.getByText(/^No dead letters/).waitFor();
  await dialog.first().waitFor({ state: "detached" });
  await picture("healed");
  await page.getByRole("tab", { name: "Messages" }).click();
  await page.getByText('{"id": 4}').waitFor();
  await picture("arrived");
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("Heal what went wrong").waitFor();
  await picture("overview-after");
}

/** What the button copies. */
async function copied(page: Page, what: "produce" | "consume"): Promise<string> {
  await page.getByRole("button", { name: `Copy: ${what}` }).click();
  return clip(page);
}

/** What is in the clipboard. */
function clip(page: Page): Promise<string> {
  return page.evaluate("navigator.clipboard.readText()");
}
