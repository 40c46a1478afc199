import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { eventsOf } from "./events.ts";
import { type Answer, basic, HttpScene } from "./http-scene.ts";

const bytes = Buffer.from([0, 255, 1]);

interface Body {
  readonly payload: string;
  readonly sequence: number;
}

function payloads({ messages }: Answer["body"]): string[] {
  return messages.map(({ payload }: Body) => payload);
}

/** Sends a body as it is. */
async function post(
  http: HttpScene,
  path: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: Answer["body"] }> {
  const response = await fetch(`${http.url}/api/v1${path}`, { method: "POST", body, headers });
  return { status: response.status, body: await response.json() };
}

suite("messages over HTTP", () => {
  test("a body of any kind is a message, with its headers, key and id", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders", { body: { partitions: 3 } });
    const first = await post(http, "/stations/orders/messages?key=eu.1", '{"id":1}', {
      "content-type": "application/json",
      "idempotency-key": "order-1",
      "Oxbow-Header-Colour": "red",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    });
    assert.equal(first.status, 201);
    assert.deepEqual([first.body.isDuplicate, first.body.messageId], [false, "order-1"]);
    const again = await post(http, "/stations/orders/messages?key=eu.1", "else", {
      "idempotency-key": "order-1",
    });
    assert.equal(again.body.isDuplicate, true);
    await post(http, "/stations/orders/messages?partition=2", bytes, { "content-type": "image/x" });
    const { partition, sequence } = first.body;
    const found = await http.get(
      "GET",
      `/stations/orders/partitions/${partition}/messages/${sequence}`,
    );
    assert.deepEqual([found.payload, found.encoding, found.key], ['{"id":1}', "text", "eu.1"]);
    assert.deepEqual(found.headers.Colour, ["red"]);
    assert.match(found.headers.traceparent[0], /^00-0af7/);
    const raw = await http.get("GET", "/stations/orders/messages?partition=2");
    const [binary] = raw.messages.filter(
      ({ encoding }: { encoding: string }) => encoding === "base64",
    );
    assert.deepEqual(Buffer.from(binary.payload, "base64"), bytes);
    assert.deepEqual(binary.headers["Content-Type"], ["image/x"]);
  });

  test("a batch is a list, or lines; what is refused of it is told message by message", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    const text = JSON.stringify({ type: "object", required: ["id"] });
    await http.get("PUT", "/schemas/order", { body: { format: "json", text } });
    await http.get("PUT", "/stations/orders/schema", { body: { schema: "order" } });
    const lines = '{"id":1}\r\n\n{"id":2}\n{"no":3}';
    const type = { "content-type": "application/x-ndjson" };
    const mixed = await post(http, "/stations/orders/messages/batch", lines, type);
    assert.equal(mixed.status, 207);
    assert.deepEqual([mixed.body.stored, mixed.body.failed], [2, 1]);
    assert.deepEqual(
      mixed.body.results.slice(0, 2).map(({ sequence }: Body) => sequence),
      [1, 2],
    );
    const { problem } = mixed.body.results[2];
    assert.deepEqual([problem.status, problem.code], [422, "MESSAGE_REFUSED"]);
    assert.match(problem.detail, /id/);
    const list = {
      messages: [
        { value: { id: 4 }, key: "eu", messageId: "four", headers: { a: ["1", "2"] } },
        { payload: Buffer.from('{"id":5}').toString("base64"), encoding: "base64" },
      ],
    };
    const all = await http.ask("POST", "/stations/orders/messages/batch", { body: list });
    assert.deepEqual([all.status, all.body.stored], [201, 2]);
    const page = await http.get("GET", "/stations/orders/messages?order=oldest");
    assert.deepEqual(payloads(page), ['{"id":1}', '{"id":2}', '{"id":4}', '{"id":5}']);
    assert.deepEqual(page.messages[2].headers.a, ["1", "2"]);

    const wrong: readonly [unknown, RegExp][] = [
      [{ messages: [] }, /1 to 10000/],
      [{ messages: [{}] }, /payload or a value/],
      [{ messages: [{ payload: "a", colour: 1 }] }, /messages\.0.*colour/],
      [[], /not right/],
    ];
    for (const [body, detail] of wrong) {
      const ask = ["POST", "/stations/orders/messages/batch", { body }] as const;
      assert.match(await http.refuses(400, "HTTP_REQUEST_INVALID", ask), detail);
    }
  });

  test("what can't be produced is a problem of its kind", async () => {
    await using http = await HttpScene.open();
    const missing = await post(http, "/stations/nowhere/messages", "x");
    assert.deepEqual([missing.status, missing.body.code], [404, "STATION_NOT_FOUND"]);
    await http.get("PUT", "/stations/small", {
      body: { messageBytesMax: 10, maxMessages: 1, discard: "new" },
    });
    const large = await post(http, "/stations/small/messages", "x".repeat(200));
    assert.deepEqual([large.status, large.body.code], [422, "MESSAGE_REFUSED"]);
    const huge = await post(http, "/stations/small/messages", "x".repeat(2 ** 20 + 1));
    assert.deepEqual([huge.status, huge.body.code], [413, "MESSAGE_TOO_LARGE"]);
    const key = await post(http, "/stations/small/messages?key=a%20b", "x");
    assert.equal(key.status, 422);
    await http.get("PUT", "/stations/full", { body: { maxMessages: 1, discard: "new" } });
    await post(http, "/stations/full/messages", "x");
    const full = await post(http, "/stations/full/messages", "x");
    assert.deepEqual([full.status, full.body.code], [507, "STATION_FULL"]);
    const expected = await post(http, "/stations/full/messages?expectLastSequence=7", "x");
    assert.equal(expected.status, 409);
  });

  test("messages are looked at in both directions, page by page, over partitions and gaps", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders", { body: { partitions: 3 } });
    for (let i = 1; i <= 20; i++) {
      await post(
        http,
        `/stations/orders/messages?key=${i % 2 === 0 ? "even" : "odd"}.${i}`,
        `${i}`,
      );
    }
    const page = async (query: string): Promise<string[][]> => {
      const pages: string[][] = [];
      for (let after = ""; ; ) {
        const found = await http.get("GET", `/stations/orders/messages?${query}${after}`);
        pages.push(payloads(found));
        if (found.next === null) return pages;
        after = `&after=${found.next}`;
      }
    };
    const numbers = Array.from({ length: 20 }, (_, i) => `${i + 1}`);
    const oldest = await page("order=oldest&limit=7");
    assert.deepEqual(oldest.flat(), numbers);
    assert.deepEqual(
      oldest.map(({ length }) => length).filter((length) => length > 0),
      [7, 7, 6],
    );
    assert.deepEqual((await page("limit=7")).flat(), numbers.toReversed());
    const even = await page("order=oldest&limit=3&key=even.*");
    assert.deepEqual(
      even.flat(),
      numbers.filter((n) => Number(n) % 2 === 0),
    );
    const odd = await page("limit=100&key=odd.>");
    assert.deepEqual(odd.flat(), numbers.filter((n) => Number(n) % 2 === 1).reverse());

    const one = await http.get("GET", "/stations/orders/messages?order=oldest&limit=11");
    const { time } = one.messages[10];
    const since = await page(`order=oldest&time=${encodeURIComponent(time)}`);
    const before = await page(`time=${encodeURIComponent(time)}`);
    assert.deepEqual([...before.flat(), ...since.flat()].length, 20);
    assert.ok(since.flat().includes("11") && before.flat().includes("1"));

    for (const message of one.messages.slice(2, 9)) {
      await http.get(
        "DELETE",
        `/stations/orders/partitions/${message.partition}/messages/${message.sequence}`,
      );
    }
    const left = numbers.filter((n) => Number(n) <= 2 || Number(n) > 9);
    assert.deepEqual((await page("order=oldest&limit=2")).flat(), left);
    assert.deepEqual((await page("limit=2")).flat(), left.toReversed());
    await http.refuses(400, "HTTP_REQUEST_INVALID", ["GET", "/stations/orders/messages?after=x"]);
    await http.refuses(400, "HTTP_REQUEST_INVALID", [
      "GET",
      "/stations/orders/messages?partition=9",
    ]);
  });

  test("streams of plain clients are looked at, too, whatever they allow", async () => {
    await using http = await HttpScene.open();
    const connection = await http.scene.connect();
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: "PLAIN", subjects: ["plain.>"], allow_direct: false });
    for (let i = 1; i <= 5; i++) await connection.request(`plain.${i}`, `${i}`);
    const newest = await http.get("GET", "/stations/PLAIN/messages?limit=3");
    assert.deepEqual(payloads(newest), ["5", "4", "3"]);
    assert.equal(newest.messages[0].key, "plain.5");
    const rest = await http.get("GET", `/stations/PLAIN/messages?limit=3&after=${newest.next}`);
    assert.deepEqual([payloads(rest), rest.next], [["2", "1"], null]);
    const keyed = await http.get("GET", "/stations/PLAIN/messages?key=plain.2");
    assert.deepEqual(payloads(keyed), ["2"]);
    const time = encodeURIComponent(newest.messages[1].time);
    assert.ok(
      payloads(
        await http.get("GET", `/stations/PLAIN/messages?order=oldest&time=${time}`),
      ).includes("4"),
    );
  });

  test("members of a group fetch, and say what became of each message", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    for (let i = 1; i <= 4; i++) await post(http, "/stations/orders/messages", `${i}`);
    const group = "/stations/orders/groups/billing";
    const { messages } = await http.get("POST", `${group}/fetch`, {
      body: { count: 10, waitMs: 0 },
    });
    assert.deepEqual(
      messages.map(({ payload }: Body) => payload),
      ["1", "2", "3", "4"],
    );
    const [one, two, three] = messages;
    const outcome = await http.get("POST", `${group}/settle`, {
      body: {
        messages: [
          { token: one.token },
          { token: two.token, outcome: "again" },
          { token: three.token, outcome: "dead", reason: "no such customer" },
          { token: messages[3].token, outcome: "working" },
        ],
      },
    });
    assert.deepEqual(outcome, { settled: 4 });
    const more = await http.get("POST", `${group}/fetch`, { body: { count: 1 } });
    assert.deepEqual([more.messages[0].payload, more.messages[0].attempt], ["2", 2]);
    let letters: { readonly error: string }[] = [];
    while (letters.length === 0)
      ({ letters } = await http.get("GET", "/stations/orders/dead-letters"));
    assert.equal(letters[0]?.error, "no such customer");

    const wrong = (token: string) =>
      ["POST", `${group}/settle`, { body: { messages: [{ token }] } }] as const;
    const tokenOf = (subject: string): string => Buffer.from(subject).toString("base64url");
    for (const subject of [
      "orders",
      "$JS.API.STREAM.DELETE.orders",
      "$JS.ACK.other.billing.1.1.1.1.1",
      "$JS.ACK.orders.other.1.1.1.1.1",
    ]) {
      await http.refuses(400, "HTTP_REQUEST_INVALID", wrong(tokenOf(subject)));
    }
    const none = [
      "POST",
      "/stations/orders/groups/nobody/fetch",
      { body: { create: false } },
    ] as const;
    await http.refuses(404, "GROUP_NOT_FOUND", none);
  });

  test("a tail tells what comes, and ends with whoever reads it", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders", { body: { partitions: 2 } });
    await post(http, "/stations/orders/messages?key=a", "before");
    const left = new AbortController();
    const response = await fetch(`${http.url}/api/v1/stations/orders/tail?from=beginning`, {
      signal: left.signal,
    });
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const events = eventsOf(response);
    assert.deepEqual(await events.next(), { done: false, value: ["open", { station: "orders" }] });
    const before = await events.next();
    assert.deepEqual(before.value?.[1].payload, "before");
    await post(http, "/stations/orders/messages?key=b", "after");
    assert.equal((await events.next()).value?.[1].payload, "after");
    left.abort();
    await assert.rejects(events.next(), { name: "AbortError" });
    const missing = await fetch(`${http.url}/api/v1/stations/nowhere/tail`);
    assert.equal(missing.status, 404);
  });

  test("a tail for people counts what it leaves out", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders", { body: { partitions: 2 } });
    await post(http, "/stations/orders/messages?key=a", "before");
    const left = new AbortController();
    const tail = "/api/v1/stations/orders/tail?perSecondMax=20&preview=3";
    const response = await fetch(`${http.url}${tail}`, { signal: left.signal });
    const events = eventsOf(response);
    assert.equal((await events.next()).value?.[0], "open");
    const lines = Array.from({ length: 3_000 }, (_, n) => `message ${n}`).join("\n");
    const type = { "content-type": "application/x-ndjson" };
    await post(http, "/stations/orders/messages/batch", lines, type);
    let [come, shown] = [0, 0];
    while (come < 3_000) {
      const [event, sample] = (await events.next()).value ?? [];
      assert.equal(event, "messages");
      come += sample.come;
      shown += sample.shown.length;
      for (const each of sample.shown) assert.deepEqual([each.payload, each.isCut], ["mes", true]);
    }
    assert.equal(come, 3_000);
    assert.ok(shown > 0 && shown < 3_000);
    left.abort();
    await assert.rejects(events.next(), { name: "AbortError" });
    await http.refuses(400, "HTTP_REQUEST_INVALID", [
      "GET",
      "/stations/orders/tail?perSecondMax=20&from=beginning",
    ]);
  });

  test("rights are those of the user, whatever the door", async () => {
    await using http = await HttpScene.open({ auth: true });
    const owner = http.scene.server.owner!;
    const asOwner = { headers: basic(owner.user, owner.password) };
    for (const name of ["mine", "others"]) await http.get("PUT", `/stations/${name}`, asOwner);
    const made = await http.get("PUT", "/users/app", {
      ...asOwner,
      body: { read: ["mine"], write: ["mine"] },
    });
    const headers = basic("app", made.password);
    assert.equal((await post(http, "/stations/mine/messages", "x", headers)).status, 201);
    assert.deepEqual(payloads(await http.get("GET", "/stations/mine/messages", { headers })), [
      "x",
    ]);
    const fetched = await http.get("POST", "/stations/mine/groups/g/fetch", { headers, body: {} });
    const body = { messages: [{ token: fetched.messages[0].token }] };
    await http.get("POST", "/stations/mine/groups/g/settle", { headers, body });
    assert.equal((await post(http, "/stations/others/messages", "x", headers)).status, 403);
    assert.equal((await http.ask("GET", "/stations/others/messages", { headers })).status, 403);
    assert.equal(
      (await http.ask("POST", "/stations/others/groups/g/fetch", { headers, body: {} })).status,
      403,
    );
    assert.equal((await post(http, "/stations/mine/messages", "x")).status, 401);
  });
});
