import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { eventsOf } from "./events.ts";
import { basic, HttpScene } from "./http-scene.ts";

interface Hit {
  readonly payload: string;
  readonly partition: number;
  readonly sequence: number;
  readonly time: string;
  readonly size: number;
  readonly isCut: boolean;
  readonly decoded: {
    readonly text: string | null;
    readonly schema: string;
    readonly version: number;
  };
}

interface End {
  readonly scanned: number;
  readonly matched: number;
  readonly remaining: number;
  readonly failed: number;
  readonly failure: string | null;
  readonly reason: string;
  readonly next: string | null;
}

type Query = Readonly<Record<string, string | number | readonly string[]>>;

function searchOf(query: Query): string {
  const said = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => [name, String(each)]),
  );
  return new URLSearchParams(said).toString();
}

/** Searches to the end. */
async function search(
  http: HttpScene,
  station: string,
  query: Query,
): Promise<{ readonly hits: readonly Hit[]; readonly end: End }> {
  const response = await fetch(`${http.url}/api/v1/stations/${station}/search?${searchOf(query)}`);
  assert.equal(response.status, 200, await (response.ok ? "" : response.text()));
  const hits: Hit[] = [];
  for await (const [event, data] of eventsOf(response)) {
    if (event === "hit") hits.push(data);
    if (event === "end") return { hits, end: data };
    assert.notEqual(event, "problem", JSON.stringify(data));
  }
  throw new Error("the search has no end");
}

function numbersOf(hits: readonly Hit[]): number[] {
  return hits.map(({ payload }) => JSON.parse(payload).n);
}

async function produce(
  http: HttpScene,
  station: string,
  messages: readonly object[],
): Promise<void> {
  const body = { messages };
  const report = await http.get("POST", `/stations/${station}/messages/batch`, { body });
  assert.equal(report.failed, 0);
}

suite("search over HTTP", () => {
  test("messages are found by key, header, text and expression, in both orders, page by page", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders", { body: { partitions: 3 } });
    const all = Array.from({ length: 60 }, (_, n) => n);
    await produce(
      http,
      "orders",
      all.map((n) => ({
        value: { n, amount: n * 10, name: n % 7 === 0 ? "Ünal" : "Ada", items: [{ price: n }] },
        key: `${n % 2 === 0 ? "eu" : "us"}.${n}`,
        headers: n % 5 === 0 ? { Colour: n % 10 === 0 ? "red" : "blue" } : {},
      })),
    );
    await produce(http, "orders", [{ payload: "no JSON at all", key: "eu.text" }]);
    const found = async (query: Query): Promise<number[]> => {
      const { hits, end } = await search(http, "orders", { ...query, limit: 100 });
      assert.deepEqual([end.reason, end.next, end.remaining], ["all", null, 0]);
      assert.equal(end.matched, hits.length);
      return numbersOf(hits).sort((a, b) => a - b);
    };
    const where = (test: (n: number) => boolean): number[] => all.filter(test);
    assert.deepEqual(
      await found({ key: "us.*" }),
      where((n) => n % 2 === 1),
    );
    assert.deepEqual(
      await found({ header: "colour" }),
      where((n) => n % 5 === 0),
    );
    assert.deepEqual(
      await found({ header: "Colour=blue" }),
      where((n) => n % 10 === 5),
    );
    assert.deepEqual(
      await found({ header: ["Colour", "Colour=red"] }),
      where((n) => n % 10 === 0),
    );
    assert.deepEqual(
      await found({ text: "Ünal" }),
      where((n) => n % 7 === 0),
    );
    assert.deepEqual(await found({ text: "üNAL" }), []);
    assert.deepEqual(
      await found({ text: "üNAL", ignoreCase: "true" }),
      where((n) => n % 7 === 0),
    );
    const expressions: readonly [string, (n: number) => boolean][] = [
      ["value.amount > 300", (n) => n > 30],
      ["key.startsWith('eu.') && value.n % 4 == 0", (n) => n % 4 === 0],
      ["value.amount + 1 == 51", (n) => n === 5],
      ["value.items.exists(item, item.price >= 55)", (n) => n >= 55],
      [
        "has(value.items) && 'Colour' in headers && headers.Colour[0] == 'red'",
        (n) => n % 10 === 0,
      ],
      ["value.name.matches('^Ü') && size > 10", (n) => n % 7 === 0],
    ];
    for (const [expression, test] of expressions) {
      assert.deepEqual(await found({ where: expression }), where(test), expression);
    }
    const first = await found({
      where: "sequence == 1 && time > timestamp('2020-01-01T00:00:00Z')",
    });
    assert.equal(first.length, 3);
    assert.deepEqual(
      await found({ key: "eu.*", text: '"n":1', where: "value.n > 12" }),
      [14, 16, 18],
    );

    for (const order of ["newest", "oldest"]) {
      const pages: number[] = [];
      const times: string[] = [];
      let after: string | null = "";
      while (after !== null) {
        const page = { order, where: "value.n % 2 == 1", limit: 7, ...(after !== "" && { after }) };
        const { hits, end }: Awaited<ReturnType<typeof search>> = await search(
          http,
          "orders",
          page,
        );
        pages.push(...numbersOf(hits));
        times.push(...hits.map(({ time }) => time));
        after = end.next;
      }
      const sorted = times.toSorted();
      assert.deepEqual(times, order === "oldest" ? sorted : sorted.reverse());
      assert.deepEqual(
        pages.sort((a, b) => a - b),
        where((n) => n % 2 === 1),
      );
    }
    const { hits } = await search(http, "orders", {
      partition: 2,
      order: "oldest",
      fromSequence: 2,
      toSequence: 4,
    });
    assert.deepEqual(
      hits.map(({ sequence }) => sequence),
      [2, 3, 4],
    );
    const text = await search(http, "orders", {
      where: "value.n > 0",
    });
    assert.deepEqual([text.end.matched, text.end.failed], [59, 1]);
  });

  test("what can't be searched by is refused, and it is said where it is wrong", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    await produce(http, "orders", [{ value: { list: Array.from({ length: 50_000 }, () => 1) } }]);
    const wrong: readonly [string, RegExp, number | undefined][] = [
      ["value.amount >", /end|found/, undefined],
      ["value.a == 1 && total > 3", /no total.*value\.total/, 16],
      ["key.fetch('x')", /no function fetch/, 3],
      ["value.exists(a, a.exists(b, b > 1))", /loop within a loop/, 17],
      ["'a'.matches(key)", /pattern/, 3],
      ["(".repeat(900), /deeply|found/, undefined],
      [`${"1+".repeat(600)}1 > 0`, /too many parts|deeply/, undefined],
    ];
    for (const [expression, detail, offset] of wrong) {
      const path = `/stations/orders/search?${searchOf({ where: expression })}` as const;
      const { status, body } = await http.ask("GET", path);
      assert.deepEqual([status, body.code], [400, "EXPRESSION_INVALID"], expression);
      assert.match(body.detail, detail);
      assert.equal(body.errors[0].path, "where");
      if (offset !== undefined) assert.equal(body.errors[0].offset, offset, expression);
    }
    for (const query of [
      "limit=0",
      "limit=100000",
      "from=yesterday",
      "partition=2",
      "after=x",
      "colour=red",
    ]) {
      const { status } = await http.ask("GET", `/stations/orders/search?${query}`);
      assert.equal(status, 400, query);
    }
    await http.refuses(404, "STATION_NOT_FOUND", ["GET", "/stations/nowhere/search"]);
    const { end } = await search(http, "orders", {
      where: "value.list.exists(x, x + x * 2 - 1 > 9)",
    });
    assert.deepEqual(
      [end.failed, end.failure],
      [1, "the message is too large for this expression"],
    );
    const other = await search(http, "orders", { where: "value.list" });
    assert.equal(other.end.failure, "the expression is neither true nor false");
  });

  test("no message is missed, and none is found, at the edges of a time", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders", { body: { partitions: 2 } });
    for (let n = 0; n < 40; n++) await produce(http, "orders", [{ value: { n }, key: `${n}` }]);
    await http.get("DELETE", "/stations/orders/partitions/1/messages/3");
    const { hits } = await search(http, "orders", { limit: 100 });
    assert.equal(hits.length, 39);
    const times = hits.map(({ time }) => Date.parse(time));
    const edge = fc.tuple(fc.constantFrom(...times), fc.integer({ min: -2, max: 2 }));
    await fc.assert(
      fc.asyncProperty(
        fc.option(edge),
        fc.option(edge),
        fc.constantFrom("newest", "oldest"),
        async (from, to, order) => {
          const fromMs = from === null ? Number.NEGATIVE_INFINITY : from[0] + from[1];
          const toMs = to === null ? Number.POSITIVE_INFINITY : to[0] + to[1];
          const found = await search(http, "orders", {
            order,
            limit: 100,
            ...(from !== null && { from: new Date(fromMs).toISOString() }),
            ...(to !== null && { to: new Date(toMs).toISOString() }),
          });
          const wanted = hits.filter(
            ({ time }) => Date.parse(time) >= fromMs && Date.parse(time) <= toMs,
          );
          const sorted = (list: readonly Hit[]): number[] => numbersOf(list).sort((a, b) => a - b);
          assert.deepEqual(sorted(found.hits), sorted(wanted));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("large messages and gaps are looked through, and shown only as far as is asked", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/large");
    const large = "ö".repeat(300_000);
    for (let n = 0; n < 20; n++) {
      await fetch(`${http.url}/api/v1/stations/large/messages`, {
        method: "POST",
        body: `${n} ${large}`,
      });
    }
    for (let sequence = 5; sequence < 15; sequence++) {
      await http.get("DELETE", `/stations/large/partitions/1/messages/${sequence}`);
    }
    for (const order of ["newest", "oldest"]) {
      const { hits, end } = await search(http, "large", { order, text: "ö", preview: 100 });
      assert.deepEqual([hits.length, end.scanned], [10, 10]);
      assert.ok(hits.every(({ payload, isCut }) => isCut && /^\d+ ö+$/.test(payload)));
      assert.ok(hits.every(({ size }) => size > 600_000));
    }
    const payload = await fetch(
      `${http.url}/api/v1/stations/large/partitions/1/messages/2/payload`,
    );
    assert.match(payload.headers.get("content-disposition") ?? "", /^attachment/);
    assert.equal(await payload.text(), `1 ${large}`);
  });

  test("messages of Avro are read by the version that they fit, and found by what is in them", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    const text = JSON.stringify({
      type: "record",
      name: "Order",
      fields: [
        { name: "id", type: "long" },
        { name: "city", type: "string" },
      ],
    });
    await http.get("PUT", "/schemas/order", { body: { format: "avro", text } });
    await http.get("PUT", "/stations/orders/schema", { body: { schema: "order" } });
    const messages = [
      { payload: Buffer.from([2, 6, 82, 111, 109]).toString("base64"), encoding: "base64" },
      { payload: Buffer.from([4, 8, 79, 115, 108, 111]).toString("base64"), encoding: "base64" },
    ];
    await produce(http, "orders", messages);
    const { hits } = await search(http, "orders", {
      where: "value.city == 'Oslo'",
      decode: "true",
    });
    assert.deepEqual(
      hits.map(({ decoded }) => decoded),
      [{ text: '{"id":2,"city":"Oslo"}', schema: "order", version: 1 }],
    );
    const page = await http.get("GET", "/stations/orders/messages?decode=true&order=oldest");
    assert.equal(page.messages[0].decoded.text, '{"id":1,"city":"Rom"}');
    const one = await http.get("GET", "/stations/orders/partitions/1/messages/1");
    assert.equal(one.decoded, undefined);

    const texts = ['{"id":1,"city":"Rom"}', '{"id":"x"}'];
    const encoded = await http.get("POST", "/stations/orders/encode", { body: { texts } });
    assert.deepEqual([encoded.schema, encoded.version], ["order", 1]);
    assert.equal(encoded.messages[0].payload, messages[0]?.payload);
    assert.equal(encoded.messages[1].payload, null);
    assert.match(encoded.messages[1].problem, /id|city/);
    const payloads = [messages[1]?.payload, Buffer.from("no message").toString("base64")];
    const decoded = await http.get("POST", "/stations/orders/decode", { body: { payloads } });
    assert.deepEqual(decoded.messages, [
      { text: '{"id":2,"city":"Oslo"}', schema: "order", version: 1 },
      null,
    ]);
    const wrong = { body: { payloads: ["no base64!"] } };
    await http.refuses(400, "API_REQUEST_INVALID", ["POST", "/stations/orders/decode", wrong]);
  });

  test("a search ends with whoever waits for it, and only who may read may search", async () => {
    await using http = await HttpScene.open({ auth: true });
    const owner = http.scene.server.owner!;
    const asOwner = { headers: basic(owner.user, owner.password) };
    for (const name of ["mine", "others"]) await http.get("PUT", `/stations/${name}`, asOwner);
    const body = { messages: Array.from({ length: 5_000 }, (_, n) => ({ value: { n } })) };
    await http.get("POST", "/stations/mine/messages/batch", { ...asOwner, body });
    const made = await http.get("PUT", "/users/app", { ...asOwner, body: { read: ["mine"] } });
    const headers = basic("app", made.password);
    assert.equal((await http.ask("GET", "/stations/others/search", { headers })).status, 403);
    for (let round = 0; round < 5; round++) {
      const left = new AbortController();
      const response = await fetch(`${http.url}/api/v1/stations/mine/search?limit=1000`, {
        headers,
        signal: left.signal,
      });
      assert.equal(response.status, 200);
      await eventsOf(response).next();
      left.abort();
    }
  });

  test("what is found, or chosen, is downloaded by who may export, and that is recorded", async () => {
    await using http = await HttpScene.open({ auth: true });
    const owner = http.scene.server.owner!;
    const asOwner = { headers: basic(owner.user, owner.password) };
    await http.get("PUT", "/stations/orders", asOwner);
    const body = {
      messages: Array.from({ length: 30 }, (_, n) => ({
        payload: `=${n}`,
        headers: { n: `${n}` },
      })),
    };
    await http.get("POST", "/stations/orders/messages/batch", { ...asOwner, body });
    const download = async (query: string, headers: Readonly<Record<string, string>>) =>
      fetch(`${http.url}/api/v1/stations/orders/export?${query}`, { headers });

    const lines = await download("order=oldest&limit=20&text==1", asOwner.headers);
    assert.equal(lines.headers.get("content-type"), "application/x-ndjson; charset=utf-8");
    assert.match(lines.headers.get("content-disposition") ?? "", /attachment; filename="messages/);
    const found = (await lines.text()).trim().split("\n");
    assert.deepEqual(found.map((line) => JSON.parse(line).payload).slice(0, 3), [
      "=1",
      "=10",
      "=11",
    ]);
    assert.equal(found.length, 11);
    const rows = await (await download("format=csv&order=oldest", asOwner.headers)).text();
    assert.equal(rows.split("\r\n").length, 32);
    assert.match(rows, /,text,'=0,\r\n/);
    const picked = await download("pick=1:3,1:99,1:2", asOwner.headers);
    const sequences = (await picked.text()).trim().split("\n");
    assert.deepEqual(
      sequences.map((line) => JSON.parse(line).sequence),
      [3, 2],
    );
    for (const query of ["pick=1", "limit=1000000", "format=xml", "where=a+b"]) {
      assert.equal((await download(query, asOwner.headers)).status, 400, query);
    }

    const users = { viewer: 403, operator: 200, admin: 200 } as const;
    for (const [role, status] of Object.entries(users)) {
      const made = await http.get("PUT", `/users/${role}`, { ...asOwner, body: { role } });
      assert.equal(made.user.mayExport, true);
      const answer = await download("limit=1", basic(role, made.password));
      assert.equal(answer.status, status, `${role}: ${await answer.text()}`);
    }
    const off = { ...asOwner, body: { role: "operator", mayExport: false } };
    const made = await http.get("PUT", "/users/reader", off);
    const answer = await download("limit=1", basic("reader", made.password));
    assert.deepEqual(
      [answer.status, ((await answer.json()) as { code: string }).code],
      [403, "ACCESS_DENIED"],
    );
    await http.get("PATCH", "/users/reader", { ...asOwner, body: { mayExport: true } });
    assert.equal((await download("limit=1", basic("reader", made.password))).status, 200);
    const audit = await http.get("GET", "/audit?operation=station.export", asOwner);
    const entries: readonly { readonly user?: string }[] = audit.entries;
    assert.ok(entries.length >= 5, JSON.stringify(audit).slice(0, 400));
  });
});
