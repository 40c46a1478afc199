import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { RunningCommand } from "./support/command.ts";

/**
 * Goal: what README says one can do in the console, one can, and nothing of what is stored runs in it. Method: Chromium,
 * against a server that was just started, with the password that it printed. Pictures of each page, in light and dark, are
 * left in `coverage/console`.
 */
const executables = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env["OXBOW_CHROMIUM"] ?? executables.find(existsSync);
const pictures = fileURLToPath(new URL("../../coverage/console/", import.meta.url));
const isRequired = process.env["OXBOW_REQUIRE_PEERS"] === "1";
const skip =
  executablePath === undefined && !isRequired
    ? "no Chromium: install it, or set OXBOW_CHROMIUM"
    : false;

interface Ready {
  readonly httpUrl: string;
  readonly consoleOwner: { readonly user: string; readonly password: string };
}

/** A page on which nothing may be blocked, fail or be written to the console. */
async function open(browser: Browser, scheme: "light" | "dark", troubles: string[]): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    colorScheme: scheme,
  });
  const page = await context.newPage();
  page.on("pageerror", ({ message }) => troubles.push(message));
  page.on("console", (message) => {
    // That nobody is logged in yet is how the login begins.
    if (message.type() === "error" && !message.text().includes("401"))
      troubles.push(message.text());
  });
  return page;
}

async function logIn(page: Page, { httpUrl, consoleOwner }: Ready): Promise<void> {
  await page.goto(httpUrl);
  await page.getByRole("textbox", { name: "Password" }).fill(consoleOwner.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

suite("the console", { skip }, () => {
  test("log in, create a station, see messages, break a schema, heal what is dead", async () => {
    assert.ok(executablePath !== undefined, "no Chromium, and OXBOW_REQUIRE_PEERS demands one");
    await mkdir(pictures, { recursive: true });
    await using server = new RunningCommand(["start", "--memory", "--port", "0", "--json"]);
    const ready = await server.event<Ready>();
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    const troubles: string[] = [];
    try {
      const page = await open(browser, "light", troubles);
      const picture = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });
      await page.goto(ready.httpUrl);
      await page.getByRole("textbox", { name: "Password" }).fill("wrong");
      await page.getByRole("button", { name: "Log in" }).click();
      await page
        .getByRole("alert")
        .getByText(/not right/)
        .waitFor();
      await picture("login");
      await logIn(page, ready);

      await page.getByRole("link", { name: "Stations" }).click();
      await page.getByRole("button", { name: "New station" }).click();
      await page.getByRole("textbox", { name: "Name", exact: true }).fill("orders");
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByRole("heading", { name: "orders" }).waitFor();

      await page.getByRole("button", { name: "Produce" }).click();
      await page.getByRole("textbox", { name: "Message", exact: true }).fill('{"id": 1}');
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByText("Stored.").waitFor();
      await page.getByRole("button", { name: "Show message 1 of partition 1" }).click();
      await page.getByText('"id": 1', { exact: false }).last().waitFor();
      await page.keyboard.press("Escape");
      await page.locator(".mantine-SegmentedControl-label", { hasText: "Live" }).click();
      await page.getByText(/Waiting for messages/).waitFor();

      const api = async (method: string, path: string, body: unknown): Promise<void> => {
        const answer = await fetch(`${ready.httpUrl}/api/v1${path}`, {
          method,
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
        assert.ok(answer.status < 300, await answer.text());
      };
      await api("PUT", "/schemas/order", { format: "json", text: '{"required":["id"]}' });
      await api("PUT", "/stations/orders/schema", { schema: "order" });
      await page.getByRole("textbox", { name: "Message", exact: true }).fill('{"id": 2}');
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByRole("button", { name: "Show message 2 of partition 1" }).waitFor();
      await picture("live");
      await page.getByRole("textbox", { name: "Message", exact: true }).fill('{"no": 3}');
      await page.getByRole("button", { name: "Send" }).click();
      await page
        .getByRole("alert")
        .getByText(/refused by the schema/)
        .waitFor();

      await page.getByRole("tab", { name: /Dead letters/ }).click();
      await page.getByText(/refused by the schema order/).waitFor();
      await picture("dead-letters");
      await api("PUT", "/stations/orders/schema", { schema: "order", mode: "warn" });
      await page.getByRole("checkbox", { name: /Choose dead letter/ }).check();
      await page.getByRole("button", { name: "Send again" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
      await page.getByText("No dead letters").waitFor();

      await page.getByRole("tab", { name: "Settings" }).click();
      await page.getByRole("button", { name: "Delete" }).click();
      const dialog = page.getByRole("dialog");
      assert.ok(await dialog.getByRole("button", { name: "Delete" }).isDisabled());
      await dialog.getByRole("textbox").fill("orders");
      await dialog.getByRole("button", { name: "Delete" }).click();
      await page.getByText("There is no station yet").waitFor();
      await page.getByRole("button", { name: /Logged in as/ }).click();
      await page.getByRole("menuitem", { name: "Log out" }).click();
      await page.getByRole("button", { name: "Log in" }).waitFor();
      assert.deepEqual(troubles, []);
    } finally {
      await browser.close();
    }
  });

  test("what is stored is shown as text, in light and dark, and runs nowhere", async () => {
    assert.ok(executablePath !== undefined, "no Chromium, and OXBOW_REQUIRE_PEERS demands one");
    await mkdir(pictures, { recursive: true });
    await using server = new RunningCommand(["start", "--memory", "--port", "0", "--json"]);
    const ready = await server.event<Ready>();
    const probe = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
    const api = async (method: string, path: string, body: unknown): Promise<Response> =>
      fetch(`${ready.httpUrl}/api/v1${path}`, {
        method,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    await api("PUT", "/stations/probes", { description: probe, tags: ["<b>tag</b>"] });
    await api("POST", "/stations/probes/messages/batch", {
      messages: [{ payload: probe, messageId: probe, headers: { probe } }],
    });
    const fetched = await api("POST", "/stations/probes/groups/g/fetch", {});
    const { messages } = (await fetched.json()) as { messages: { token: string }[] };
    const dead = messages.map(({ token }) => ({ token, outcome: "dead", reason: probe }));
    await api("POST", "/stations/probes/groups/g/settle", { messages: dead });
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    const troubles: string[] = [];
    try {
      for (const scheme of ["light", "dark"] as const) {
        const page = await open(browser, scheme, troubles);
        await logIn(page, ready);
        const look = async (path: string, text: string | RegExp, name: string): Promise<void> => {
          await page.goto(`${ready.httpUrl}${path}`);
          await page.getByText(text).first().waitFor();
          await page.screenshot({ path: join(pictures, `${name}-${scheme}.png`) });
        };
        await look("/", "What needs attention", "overview");
        await look("/stations", "<b>tag</b>", "stations");
        await look("/schemas", "There is no schema yet", "schemas");
        await look("/stations/probes", /<img src=x/, "station");
        await page.getByRole("button", { name: "Show message 1 of partition 1" }).click();
        await page
          .getByText(/window\.hit/)
          .last()
          .waitFor();
        await look("/stations/probes?tab=dead-letters", /<img src=x/, "dead-letters");
        await look("/stations/probes?tab=settings", /<img src=x/, "settings");
        await look("/stations/probes?tab=code", "Copy", "code");
        assert.equal(await page.evaluate(() => "hit" in globalThis), false);
      }
      assert.deepEqual(troubles, []);
    } finally {
      await browser.close();
    }
  });

  test("its page says what it may load, and other pages may not frame it", async () => {
    await using server = new RunningCommand(["start", "--memory", "--port", "0", "--json"]);
    const { httpUrl } = await server.event<Ready>();
    const answer = await fetch(`${httpUrl}/stations/orders`);
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    const page = await answer.text();
    const [, nonce = ""] = /style-src 'self' 'nonce-([^']+)'/.exec(policy) ?? [];
    assert.ok(page.includes(`content="${nonce}"`));
    const [asset = ""] = /\/assets\/[\w.-]+\.js/.exec(page) ?? [];
    const script = await fetch(`${httpUrl}${asset}`);
    assert.match(script.headers.get("cache-control") ?? "", /immutable/);
    assert.equal((await fetch(`${httpUrl}/assets/nothing.js`)).status, 404);
    assert.equal((await fetch(`${httpUrl}/api/nothing`)).status, 404);
  });
});
