import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@nats-io/transport-node";
import type { TestServer } from "@oxbow/testkit/servers";
import { patient } from "../support/deadline.ts";
import { onEachTarget } from "../support/targets.ts";

/** What a request is answered with. */
// biome-ignore lint/suspicious/noExplicitAny: answers are as JSON gives them, and each test knows what it asked for.
type Answer = any;

const user = (name: string): string => `users: [{ user: ${name}, password: pw }]`;
const accounts = (...entries: readonly string[]): string =>
  `jetstream: enabled\naccounts { ${entries.join("\n")} }`;
const other = `B { jetstream: enabled, ${user("b")} }`;
const allowed = accounts(`A { jetstream: enabled, ${user("a")} }`, other);
const disabled = accounts(`A { jetstream: disabled, ${user("a")} }`, other);
const removed = accounts(other);

/** Asks as the user of account A; the answer as JSON. */
async function ask(
  server: TestServer,
  subject: string,
  body: object | string = "",
): Promise<Answer> {
  const connection = await connect({ servers: server.url, user: "a", pass: "pw" });
  try {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return (await connection.request(subject, text, patient)).json();
  } finally {
    await connection.close();
  }
}

/** A stream with a message and a consumer that it was delivered to, and one in memory. */
async function fill(server: TestServer): Promise<void> {
  const streams = [
    { name: "S", subjects: ["s"] },
    { name: "M", subjects: ["m"], storage: "memory" },
  ];
  for (const config of streams) await ask(server, `$JS.API.STREAM.CREATE.${config.name}`, config);
  await ask(server, "s", "1");
  const config = { durable_name: "c", ack_policy: "explicit" };
  await ask(server, "$JS.API.CONSUMER.CREATE.S.c", { stream_name: "S", config });
  const connection = await connect({ servers: server.url, user: "a", pass: "pw" });
  const options = { noMux: true, ...patient };
  await connection.request("$JS.API.CONSUMER.MSG.NEXT.S.c", "1", options);
  await connection.close();
}

async function checkThatAllIsThere(server: TestServer): Promise<void> {
  assert.deepEqual((await ask(server, "$JS.API.STREAM.NAMES")).streams, ["S"]);
  const { num_ack_pending, delivered } = await ask(server, "$JS.API.CONSUMER.INFO.S.c");
  assert.deepEqual([num_ack_pending, delivered.stream_seq], [1, 1]);
  assert.equal((await ask(server, "s", "2")).seq, 2);
}

onEachTarget("accounts at a reload", (target) => {
  test("lose their JetStream, and have their streams again with it", async () => {
    await using server = await target.start({ config: allowed });
    await fill(server);
    assert.match(await server.reload(disabled), /Reloaded/);
    for (const request of ["INFO", "STREAM.INFO.S"]) {
      assert.equal((await ask(server, `$JS.API.${request}`)).error.err_code, 10039);
    }
    await assert.rejects(ask(server, "s", "nobody stores it"), /no responders/i);
    assert.match(await server.reload(allowed), /Reloaded/);
    await checkThatAllIsThere(server);
  });

  test("go, and have their streams again when they come back", async () => {
    await using server = await target.start({ config: allowed });
    await fill(server);
    const client = await connect({
      servers: server.url,
      user: "a",
      pass: "pw",
      reconnect: false,
    });
    assert.match(await server.reload(removed), /Reloaded/);
    await client.closed();
    await assert.rejects(ask(server, "$JS.API.INFO"), /Authorization/i);
    assert.match(await server.reload(allowed), /Reloaded/);
    await ask(server, "$JS.API.INFO");
    assert.ok((await ask(server, "$JS.API.STREAM.NAMES")).streams.includes("S"));
  });
});
