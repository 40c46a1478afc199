import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: what README says one can do in the console, one can, and nothing of what is stored runs in it. Method: Chromium,
 * against a server that was just started, with the password that it printed. Pictures of each page, in light and dark, are
 * left in `coverage/console`.
 */
suite("the console", { skip }, () => {
  test("log in, create a station, see messages, break a schema, heal what is dead", async () => {
    await using scene = await ConsoleScene.open();
    const page = await scene.visit();
    await page.goto(scene.ready.httpUrl);
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page
      .getByRole("alert")
      .getByText(/not right/)
      .waitFor();
    await scene.picture(page, "login");
    await scene.logIn(page);

    await page.getByRole("link", { name: "Stations" }).click();
    await page.getByRole("button", { name: "New station" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("orders");
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "orders" }).waitFor();

    await page.getByRole("button", { name: "Produce" }).click();
    const dialog = page.getByRole("dialog");
    const produce = async (payload: string): Promise<void> => {
      await dialog.getByRole("textbox", { name: "Payload" }).fill(payload);
      await dialog.getByRole("button", { name: "Send" }).click();
    };
    await produce('{"id": 1}');
    await page.getByText("1 message stored.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Show message 1:1" }).click();
    await page.getByText("Partition and sequence").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.locator(".mantine-SegmentedControl-label", { hasText: "Live" }).click();
    await page.getByText(/Waiting for messages/).waitFor();

    await scene.api("PUT", "/schemas/order", { format: "json", text: '{"required":["id"]}' });
    await scene.api("PUT", "/stations/orders/schema", { schema: "order" });
    await page.getByRole("button", { name: "Produce" }).click();
    await produce('{"id": 2}');
    await page.getByText("1 message stored.").waitFor();
    await produce('{"no": 3}');
    await page
      .getByRole("alert")
      .getByText(/refused by the schema/)
      .waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Show message 1:2" }).waitFor();
    await scene.picture(page, "live");

    await page.getByRole("tab", { name: /Dead letters/ }).click();
    await page
      .getByText(/refused by the schema order/)
      .last()
      .waitFor();
    await scene.picture(page, "dead-letters");
    await scene.api("PUT", "/stations/orders/schema", { schema: "order", mode: "warn" });
    await page.getByRole("checkbox", { name: /Choose dead letter/ }).check();
    await page.getByRole("button", { name: "Send again" }).click();
    await dialog.getByRole("button", { name: "Send again" }).click();
    await page.getByText("No dead letters").waitFor();

    await page.getByRole("tab", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    assert.ok(await dialog.getByRole("button", { name: "Delete" }).isDisabled());
    await dialog.getByRole("textbox").fill("orders");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText("There is no station yet").waitFor();
    await page.getByRole("button", { name: /Logged in as/ }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await page.getByRole("button", { name: "Log in" }).waitFor();
  });

  test("what is stored is shown as text, in light and dark, and runs nowhere", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/stations/probes", { description: probe, tags: ["<b>tag</b>"] });
    await scene.api("POST", "/stations/probes/messages/batch", {
      messages: [{ payload: probe, messageId: probe, headers: { probe } }],
    });
    const fetched = await scene.api("POST", "/stations/probes/groups/g/fetch", {});
    const { messages } = fetched as { messages: { token: string }[] };
    const dead = messages.map(({ token }) => ({ token, outcome: "dead", reason: probe }));
    await scene.api("POST", "/stations/probes/groups/g/settle", { messages: dead });
    for (const scheme of ["light", "dark"] as const) {
      const page = await scene.enter({ colorScheme: scheme });
      const look = async (path: string, text: string | RegExp, name: string): Promise<void> => {
        await scene.look(page, path, text);
        await scene.isAccessible(page);
        await scene.picture(page, `${name}-${scheme}`);
      };
      await look("/", "What needs attention", "overview");
      await look("/stations", "<b>tag</b>", "stations");
      await look("/schemas", "There is no schema yet", "schemas");
      await look("/stations/probes", /<img src=x/, "station");
      await page.getByRole("button", { name: "Show message 1:1" }).click();
      await page
        .getByText(/window\.hit/)
        .last()
        .waitFor();
      await look("/stations/probes?tab=dead-letters", /<img src=x/, "dead-letters");
      await look("/stations/probes?tab=settings", /<img src=x/, "settings");
      await look("/stations/probes?tab=code", "Copy", "code");
      await scene.hasRunNothing(page);
    }
  });

  test("its page says what it may load, and other pages may not frame it", async () => {
    await using scene = await ConsoleScene.open();
    const { httpUrl } = scene.ready;
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
