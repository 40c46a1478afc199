import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import type { Page } from "playwright-core";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: the messages of a station can be found, read, followed, sent again and taken out in the console, by mouse and by
 * keys, and what is looked at can be linked. Method: Chromium against a server that was just started.
 */
suite("messages in the console", { skip }, () => {
  test("find, read, go on by keys, edit and resend, delete", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/stations/orders", { partitions: 2 });
    await scene.api("POST", "/stations/orders/messages/batch", {
      messages: Array.from({ length: 240 }, (_, n) => ({
        value: {
          n,
          city: n % 3 === 0 ? "Oslo" : "Rome",
          items: [{ price: n }, { price: 2 ** 53 }],
        },
        key: `eu.${n}`,
        headers: { Colour: n % 2 === 0 ? "red" : "blue", probe },
        messageId: `id-${n}`,
      })),
    });
    await scene.api("POST", "/stations/orders/messages/batch", {
      messages: [
        {
          payload: Buffer.from([0, 255, 1, 65]).toString("base64"),
          encoding: "base64",
          key: "raw",
        },
        { payload: probe, key: "probe" },
      ],
    });
    const page = await scene.enter();
    await scene.look(page, "/stations/orders", /100 shown/);
    await scene.picture(page, "messages-light");
    await scene.isAccessible(page);

    // A text, and the address says so.
    await page.getByRole("textbox", { name: "Text in the payload" }).fill("Oslo");
    await page.keyboard.press("Enter");
    await page.getByText(/80 found in/).waitFor();
    assert.match(page.url(), /text=Oslo/);
    // An expression, wrong first.
    scene.expectedStatuses.add(400);
    const expression = page.getByRole("textbox", { name: "Expression" });
    await expression.fill("value.n > 230 && total > 1");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByText(/there is no total/).waitFor();
    await scene.picture(page, "messages-mistake");
    await expression.fill("value.n > 230");
    await page.keyboard.press("Enter");
    await page.getByText(/3 found in/).waitFor();
    await page.getByRole("button", { name: "Clear all" }).click();
    await page.getByText("100 shown.").waitFor();
    await page.getByRole("button", { name: "Filters" }).click();
    await page.getByRole("textbox", { name: "Header" }).fill("colour=blue");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText(/100 found/).waitFor();
    await page.getByRole("button", { name: "Find more" }).click();
    await page.getByText(/120 found/).waitFor();
    await page.getByRole("button", { name: "Without header" }).click();
    await page.getByText("100 shown.").waitFor();

    // By keys: from the search to the list, to a message, to the next one.
    const link = `${scene.ready.httpUrl}/stations/orders?order=oldest&partition=1`;
    await page.goto(link);
    await page.getByText(/100 found in/).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await page.getByRole("region", { name: "Messages" }).focus();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("dialog");
    await drawer.getByText("Message 2 of partition 1").waitFor();
    await drawer.getByText("9007199254740992").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "message-light");
    await drawer.getByRole("button", { name: "Message below" }).click();
    await drawer.getByText("Message 3 of partition 1").waitFor();
    await drawer.locator(".mantine-SegmentedControl-label", { hasText: "Hex" }).click();
    await drawer.getByText("00000000").waitFor();

    await readsBinary(scene, page);
    await page.goto(`${link}&message=1%3A3`);
    await drawer.getByText("Message 3 of partition 1").waitFor();

    // Edited and sent again: the new one says what it was made of.
    await drawer.getByRole("button", { name: "Edit and resend" }).click();
    const produce = page.getByRole("dialog", { name: /Resend message/ });
    await produce.getByRole("textbox", { name: "Payload" }).fill('{"n": 1000}');
    await scene.isAccessible(page);
    await scene.picture(page, "resend-light");
    await produce.getByRole("button", { name: "Resend" }).click();
    await produce.getByText("1 message stored.").waitFor();
    await produce.getByRole("button", { name: "Close" }).click();
    await page.goto(`${scene.ready.httpUrl}/stations/orders?where=value.n+%3D%3D+1000`);
    await page.getByText(/1 found/).waitFor();
    await page.locator(".message-payload").last().click();
    await drawer.getByText("Oxbow-Parent").waitFor();

    // One is deleted, then those that were chosen.
    await drawer.getByRole("button", { name: "Delete" }).click();
    await page.getByText(/overwritten on disk/).waitFor();
    await page.getByRole("button", { name: "Delete for ever" }).click();
    await page.getByText("Nothing matches").waitFor();
    await page.goto(`${scene.ready.httpUrl}/stations/orders?where=value.n+%3C+5`);
    await page.getByText(/5 found/).waitFor();
    await page.getByRole("button", { name: "Choose all 5 shown" }).click();
    await page.getByRole("button", { name: "Download" }).click();
    const saved = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: /CSV/ }).click();
    const lines = (await readFile(await (await saved).path(), "utf8")).split("\r\n");
    assert.equal(lines.length, 7, lines.join("\n"));
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await scene.picture(page, "messages-delete");
    await page.getByRole("button", { name: "Delete 5 for ever" }).click();
    await page.getByText("Nothing matches").waitFor();

    // What is binary, and what is markup, at addresses of their own.
    const places = (await scene.api("GET", "/stations/orders/messages?limit=2")) as {
      readonly messages: readonly { partition: number; sequence: number; key: string }[];
    };
    for (const { partition, sequence, key } of places.messages) {
      const text = key === "raw" ? "00 ff 01 41" : /<img src=x/;
      await scene.look(page, `/stations/orders/messages/${partition}/${sequence}`, text);
    }
    await scene.isAccessible(page);
    await scene.picture(page, "message-page");
    await scene.hasRunNothing(page);

    const dark = await scene.enter({
      colorScheme: "dark",
      viewport: { width: 390, height: 780 },
    });
    await scene.look(dark, "/stations/orders", /100 shown/);
    await dark.getByRole("region", { name: "Messages" }).scrollIntoViewIfNeeded();
    await scene.isAccessible(dark);
    await scene.picture(dark, "messages-390-dark");
    await dark
      .getByRole("button", { name: /^Show message/ })
      .first()
      .click();
    await dark.getByText("Partition and sequence").waitFor();
    await scene.picture(dark, "message-390-dark");
    const width = await dark.evaluate("document.documentElement.scrollWidth");
    assert.ok(Number(width) <= 390, `the page is ${width} wide`);
  });

  test("produce many at once, with a sample, and see them come", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/stations/orders");
    const text = JSON.stringify({
      type: "object",
      required: ["id", "mail"],
      properties: {
        id: { type: "integer", minimum: 7 },
        mail: { type: "string", format: "email" },
      },
    });
    await scene.api("PUT", "/schemas/order", { format: "json", text });
    await scene.api("PUT", "/stations/orders/schema", { schema: "order" });
    const page = await scene.enter();
    await scene.look(page, "/stations/orders", "No messages yet");
    await scene.picture(page, "messages-empty");
    await page.getByRole("button", { name: "Send a first message" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Sample of order" }).click();
    await dialog.getByText("ada@example.com").waitFor();
    await dialog.getByRole("textbox", { name: "Key" }).fill("eu.1");
    await dialog.getByRole("button", { name: "Add a header" }).click();
    await dialog.getByRole("textbox", { name: "Name of header 1" }).fill("Colour");
    await dialog.getByRole("textbox", { name: "Value of header 1" }).fill("red");
    await dialog.getByRole("button", { name: "Send" }).click();
    await dialog.getByText("1 message stored.").waitFor();
    await dialog.getByRole("switch", { name: "A message in each line" }).click();
    const lines = [
      '{"id": 8, "mail": "a@example.com"}',
      '{"id": 9}',
      "",
      '{"id": "x", "mail": "b"}',
    ];
    await dialog.getByRole("textbox", { name: /Messages, one/ }).fill(lines.join("\n"));
    await dialog.getByRole("button", { name: "Send" }).click();
    await dialog.getByText("2 refused, 1 message stored.").waitFor();
    await dialog.getByText(/Line 2: .*mail/).waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "produce");
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Show message 1:1" }).click();
    await dialog.getByText("order v1").waitFor();
    await dialog.getByText("Colour").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();

    await page.locator(".mantine-SegmentedControl-label", { hasText: "Live" }).click();
    await page.getByText(/Waiting for messages/).waitFor();
    const come = { messages: [{ value: { id: 10, mail: "c@example.com" } }] };
    await scene.api("POST", "/stations/orders/messages/batch", come);
    await page.getByRole("button", { name: "Show message 1:3" }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await scene.api("POST", "/stations/orders/messages/batch", come);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Show message 1:4" }).waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "messages-live");

    // Avro is edited as JSON, and stored as Avro again.
    const fields = [{ name: "city", type: "string" }];
    const avro = JSON.stringify({ type: "record", name: "Place", fields });
    await scene.api("PUT", "/stations/places");
    await scene.api("PUT", "/schemas/place", { format: "avro", text: avro });
    await scene.api("PUT", "/stations/places/schema", { schema: "place" });
    await scene.api("POST", "/stations/places/messages/batch", {
      messages: [{ payload: "BlJvbQ==", encoding: "base64" }],
    });
    await scene.look(page, "/stations/places?message=1:1", "place v1");
    await page.getByRole("button", { name: "Edit and resend" }).click();
    const resend = page.getByRole("dialog", { name: /Resend message/ });
    await resend.getByRole("textbox", { name: "Payload" }).fill('{"town": "Oslo"}');
    await resend.getByRole("button", { name: "Resend" }).click();
    await resend.getByText(/1 refused, 0 messages stored/).waitFor();
    await resend.getByRole("textbox", { name: "Payload" }).fill('{"city": "Oslo"}');
    await resend.getByRole("button", { name: "Resend" }).click();
    await resend.getByText("1 message stored.").waitFor();
    const again = await scene.api("GET", "/stations/places/partitions/1/messages/2?decode=true");
    const { decoded, headers } = again as {
      readonly decoded: { readonly text: string };
      readonly headers: Readonly<Record<string, readonly string[]>>;
    };
    assert.equal(decoded.text, '{"city":"Oslo"}');
    assert.deepEqual(headers["Oxbow-Parent"], ["places/1/1"]);
  });
});

/** What is neither text nor of a schema is read as what somebody says it is. */
async function readsBinary(scene: ConsoleScene, page: Page): Promise<void> {
  await scene.api("PUT", "/stations/binary", {});
  // {"id": 7, "big": 2^53 + 1, "bytes": ff 00}, then the same in CBOR, with a time that is tagged.
  const messagePack = "g6JpZAejYmlnzwAgAAAAAAABpWJ5dGVzxAL/AA==";
  const cbor = "pGJpZAdjYmlnGwAgAAAAAAABZWJ5dGVzQv8AYmF0wRpmAAAA";
  await scene.api("POST", "/stations/binary/messages/batch", {
    messages: [messagePack, cbor].map((payload) => ({ payload, encoding: "base64" })),
  });
  const drawer = page.getByRole("dialog");
  for (const [sequence, label] of [
    [1, "MessagePack"],
    [2, "CBOR"],
  ] as const) {
    await scene.look(page, `/stations/binary?message=1%3A${sequence}`, `Message ${sequence} of`);
    await drawer.locator(".mantine-SegmentedControl-label", { hasText: label }).click();
    await drawer.getByRole("group", { name: `Payload as ${label}` }).waitFor();
    await drawer.getByText("9007199254740993").waitFor();
    await drawer.getByText("2 bytes: ff00").waitFor();
  }
  await scene.isAccessible(page);
  await scene.picture(page, "message-cbor");
  await drawer.locator(".mantine-SegmentedControl-label", { hasText: "MessagePack" }).click();
  await drawer.getByText("It can't be read as MessagePack").waitFor();
}
