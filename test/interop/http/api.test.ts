import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { operationNames } from "oxbow/control";
import { HttpScene } from "./http-scene.ts";
import { ApiDocument } from "./support/document.ts";

const json = { "content-type": "application/json" };

interface DocumentedShape {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, DocumentedShape>>;
  readonly items?: DocumentedShape;
  readonly anyOf?: readonly DocumentedShape[];
  readonly oneOf?: readonly DocumentedShape[];
}

/** Fields and parameters of a request of which the document does not say what they are for. */
function undescribed({ operationId, parameters = [], requestBody }: DocumentedOperation): string[] {
  const within = ({
    properties = {},
    items,
    anyOf = [],
    oneOf = [],
  }: DocumentedShape): string[] => [
    ...Object.entries(properties).flatMap(([name, field]) => [
      ...(field.description === undefined ? [name] : []),
      ...within(field),
    ]),
    ...[...(items === undefined ? [] : [items]), ...anyOf, ...oneOf].flatMap(within),
  ];
  const bodies = Object.values(requestBody?.content ?? {}).map(({ schema = {} }) => schema);
  const unsaid = parameters.filter(({ description }) => description === undefined);
  return [...unsaid.map(({ name }) => name), ...bodies.flatMap(within)].map(
    (name) => `${operationId}: ${name}`,
  );
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly schema?: DocumentedShape; readonly example?: unknown }>
    >;
  };
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

suite("the API over HTTP", () => {
  test("stations are made, listed, changed, purged and deleted", async () => {
    await using http = await HttpScene.open();
    const made = await http.get("PUT", "/stations/orders", { body: { partitions: 3 } });
    assert.equal(made.settings.partitions, 3);
    assert.equal((await http.get("PUT", "/stations/plain")).name, "plain");
    assert.equal((await http.get("GET", "/stations/orders")).partitions.length, 3);
    const edited = await http.get("PATCH", "/stations/orders", { body: { maxAgeMs: 3_600_000 } });
    assert.equal(edited.settings.maxAgeMs, 3_600_000);
    const first = await http.get("GET", "/stations?limit=1");
    assert.equal(first.items.length, 1);
    const rest = await http.get("GET", `/stations?after=${encodeURIComponent(first.next)}`);
    const names = [...first.items, ...rest.items].map(({ name }) => name);
    assert.ok(names.includes("orders") && names.includes("plain"), names.join());
    assert.deepEqual(await http.get("POST", "/stations/orders/purge"), { purged: 0 });
    assert.deepEqual(await http.get("DELETE", "/stations/plain"), { isDeleted: true });
    await http.refuses(404, "STATION_NOT_FOUND", ["GET", "/stations/plain"]);
  });

  test("what a station stores is removed message by message, and groups are led", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    const connection = await http.scene.connect();
    for (let i = 0; i < 3; i++) await connection.request("orders", `${i}`);
    const removed = await http.get("DELETE", "/stations/orders/partitions/1/messages/2");
    assert.deepEqual(removed, { isDeleted: true });
    const group = await http.get("PUT", "/stations/orders/groups/billing", {
      body: { maxDeliveries: 3 },
    });
    assert.equal(group.waiting, 2);
    assert.equal((await http.get("GET", "/stations/orders/groups/billing/lag")).messages, 2);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const paused = await http.get("POST", "/stations/orders/groups/billing/pause", {
      body: { until },
    });
    assert.notEqual(paused.pausedUntil, null);
    await http.get("POST", "/stations/orders/groups/billing/resume");
    const rewound = await http.get("POST", "/stations/orders/groups/billing/rewind", {
      body: { to: { from: "now" }, isDryRun: true },
    });
    assert.equal(rewound.skipped, 2);
    const edited = await http.get("PATCH", "/stations/orders/groups/billing", {
      body: { maxDeliveries: 5 },
    });
    assert.equal(edited.settings.maxDeliveries, 5);
    assert.equal((await http.get("GET", "/groups?station=orders")).total, 1);
    await http.get("DELETE", "/stations/orders/groups/billing");
  });

  test("schemas are versioned, attached, and what breaks them is a dead letter", async () => {
    await using http = await HttpScene.open();
    const text = JSON.stringify({ type: "object", required: ["id"] });
    await http.get("PUT", "/schemas/order", { body: { format: "json", text } });
    const looser = JSON.stringify({ type: "object" });
    const checked = await http.get("POST", "/schemas/order/check", { body: { text: looser } });
    assert.deepEqual(checked, { breaks: [] });
    const added = await http.get("POST", "/schemas/order/versions", { body: { text: looser } });
    assert.equal(added.number, 2);
    assert.equal((await http.get("GET", "/schemas/order/text?version=1")).text, text);
    assert.match((await http.get("GET", "/schemas/order/diff?from=1&to=2")).lines, /required/);
    await http.get("POST", "/schemas/order/versions/1/activate");
    await http.get("PUT", "/schemas/order/compatibility", { body: { compatibility: "none" } });
    await http.get("DELETE", "/schemas/order/versions/2");
    await http.get("PUT", "/stations/orders");
    await http.get("PUT", "/stations/orders/schema", { body: { schema: "order" } });
    assert.equal((await http.get("GET", "/stations/orders/schema")).attachment.schema, "order");
    assert.equal((await http.get("GET", "/attachments")).total, 1);

    const connection = await http.scene.connect();
    const refused = await connection.request("orders", "{}");
    assert.match(refused.string(), /required/);
    let letters: { readonly id: number }[] = [];
    while (letters.length === 0) {
      letters = (await http.get("GET", "/stations/orders/dead-letters?reason=refused")).letters;
    }
    assert.deepEqual(await http.get("GET", "/stations/orders/dead-letters/count"), { count: 1 });
    const { letter } = await http.get("GET", `/stations/orders/dead-letters/${letters[0]?.id}`);
    assert.equal(Buffer.from(letter.payload, "base64").toString(), "{}");
    const foreseen = await http.get("POST", "/stations/orders/resends/foresee", {
      body: { filter: {}, to: "station" },
    });
    assert.equal(foreseen.matched, 1);
    const resend = await http.ask("POST", "/stations/orders/resends", {
      body: { filter: {}, to: "station", edit: { payload: '{"id":1}' } },
    });
    assert.equal(resend.status, 202);
    for (let state = ""; state !== "done"; ) {
      state = (await http.get("GET", `/stations/orders/resends/${resend.body.id}`)).state;
    }
    assert.equal((await http.get("GET", "/stations/orders")).messages, 1);
    assert.equal((await http.get("GET", "/stations/orders/resends")).total, 1);
    const dropped = await http.get("POST", "/stations/orders/dead-letters/drop", {
      body: { filter: {}, isDryRun: true },
    });
    assert.deepEqual(dropped, { dropped: 0 });
    await http.get("DELETE", "/stations/orders/schema");
    await http.get("DELETE", "/schemas/order");
    const kept = await http.get("PATCH", "/dead-letters/retention", { body: { maxMessages: 9 } });
    assert.equal(kept.maxMessages, 9);
    assert.equal((await http.get("GET", "/dead-letters/retention")).maxMessages, 9);
  });

  test("what is wrong is a problem that says what to do", async () => {
    await using http = await HttpScene.open();
    await http.refuses(400, "STATION_INVALID", ["PUT", "/stations/x", { body: { partitions: 0 } }]);
    await http.refuses(400, "API_REQUEST_INVALID", ["GET", "/stations?limit=many"]);
    await http.refuses(400, "API_REQUEST_INVALID", ["GET", "/stations?colour=red"]);
    await http.refuses(404, "PATH_NOT_FOUND", ["GET", "/nowhere"]);
    const other = await http.refuses(405, "HTTP_METHOD", ["POST", "/stations"]);
    assert.match(other, /use GET/);
    await http.refuses(400, "HTTP_REQUEST_INVALID", ["PUT", "/stations/x", { body: [1] }]);
    await http.get("PUT", "/stations/taken");
    const again = { body: { partitions: 2 } };
    await http.refuses(409, "STATION_EXISTS", ["PUT", "/stations/taken", again]);
    const raw = async (body: string, headers: Readonly<Record<string, string>>) => {
      const url = `${http.url}/api/v1/stations/x`;
      const answer = await fetch(url, { method: "PUT", body, headers });
      return [answer.status, ((await answer.json()) as { code: string }).code];
    };
    assert.deepEqual(await raw("{", json), [400, "HTTP_REQUEST_INVALID"]);
    assert.deepEqual(await raw('{"__proto__":{}}', json), [400, "HTTP_REQUEST_INVALID"]);
    assert.deepEqual(await raw("a=1", {}), [415, "HTTP_MEDIA_TYPE"]);
    const huge = JSON.stringify({ description: "x".repeat(2 ** 20) });
    assert.deepEqual(await raw(huge, json), [413, "API_REQUEST_TOO_LARGE"]);
  });

  test("the document is one of OpenAPI 3.1, and knows every operation of the platform", async () => {
    await using http = await HttpScene.open();
    const answer = await fetch(`${http.url}/api/openapi.json`);
    const document = (await answer.json()) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
      readonly components: { readonly schemas: Readonly<Record<string, DocumentedShape>> };
      readonly tags: readonly { readonly name: string }[];
      readonly "x-problems": readonly { readonly code: string; readonly status: number }[];
    };
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors));
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(
      [...operationNames].filter((name) => !ids.includes(name)),
      [],
    );
    // What operations are about is told, and of no tag without one.
    assert.deepEqual(
      document.tags.map(({ name }) => name).toSorted(),
      [...new Set(operations.flatMap(({ tags }) => tags))].toSorted(),
    );
    const { status } =
      document["x-problems"].find(({ code }) => code === "STATION_NOT_FOUND") ?? {};
    assert.equal(status, 404);
    const inputs = Object.entries(document.components.schemas)
      .filter(([name]) => name.endsWith("Input"))
      .map(([operationId, schema]) => ({
        ...{ operationId, tags: [], responses: {} },
        requestBody: { content: { "application/json": { schema } } },
      }));
    assert.deepEqual(
      [...operations, ...inputs].flatMap(undescribed),
      [],
      "field-words.ts says what it is for",
    );
    const api = await ApiDocument.of(http.url);
    for (const { operationId, responses, requestBody } of operations) {
      const { example } = requestBody?.content["application/json"] ?? {};
      if (example !== undefined) api.checkRequest(operationId, example);
      assert.deepEqual(Object.keys(responses["default"]?.content ?? {}), [
        "application/problem+json",
      ]);
      assert.ok(
        Object.keys(responses).some((each) => each.startsWith("2")),
        operationId,
      );
    }
  });
});
