import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApiAnswer, RawJetStream } from "../support/jetstream-client.ts";
import { onEachTarget, type Target } from "../support/targets.ts";

/**
 * Goal: streams feed on others as they do in nats-server, in the same account and in another one. Method: the same
 * requests and publishes to both, and what then lies in the streams.
 */
const ACCOUNTS = `
jetstream: enabled
accounts {
  ORIGIN {
    jetstream: enabled
    users: [{user: origin, password: p}]
    exports: [
      {service: "$JS.API.CONSUMER.>"}
      {service: "$JS.FC.>"}
      {stream: "to.feeder.>"}
    ]
  }
  FEEDER {
    jetstream: enabled
    users: [{user: feeder, password: p}]
    imports: [
      {service: {account: ORIGIN, subject: "$JS.API.CONSUMER.>"}, to: "origin.api.CONSUMER.>"}
      {service: {account: ORIGIN, subject: "$JS.FC.>"}}
      {stream: {account: ORIGIN, subject: "to.feeder.>"}}
    ]
  }
}
`;

/** Asks for a stream's info until `isThere`, at most for the time that tests have. */
async function infoWhen(
  js: RawJetStream,
  name: string,
  isThere: (info: ApiAnswer) => boolean,
): Promise<ApiAnswer> {
  for (;;) {
    const info = await js.ok(`STREAM.INFO.${name}`);
    if (isThere(info)) return info;
  }
}

const hasMessages =
  (count: number) =>
  ({ state }: ApiAnswer): boolean =>
    state.messages >= count;

async function messageOf(js: RawJetStream, stream: string, seq: number): Promise<ApiAnswer> {
  const { message } = await js.ok(`STREAM.MSG.GET.${stream}`, { seq });
  return message;
}

function headersOf(message: ApiAnswer): string {
  return Buffer.from(message["hdrs"] ?? "", "base64").toString();
}

onEachTarget("streams that feed on others", (target: Target) => {
  test("a mirror is its origin, gaps and times included", async () => {
    await using js = await RawJetStream.open(target.server);
    await js.createStream("MO", { subjects: ["mo.>"], allow_direct: true });
    for (let i = 0; i < 6; i++) await js.client.request(`mo.${i}`, `m${i}`);
    await js.ok("STREAM.MSG.DELETE.MO", { seq: 3 });
    await js.ok("STREAM.PURGE.MO", { seq: 2 });
    const created = await js.createStream("MM", { mirror: { name: "MO" } });
    // How far it is, and since when it is at it, is whatever it has come to by then.
    assert.deepEqual(Object.keys(created["mirror"]), ["name", "lag", "active"]);
    assert.equal(created["mirror"].name, "MO");
    assert.equal(created["config"].mirror_direct, true);
    const { state } = await infoWhen(js, "MM", hasMessages(4));
    assert.deepEqual(
      [state.messages, state.first_seq, state.last_seq, state.num_deleted],
      [4, 2, 6, 1],
    );
    for (const seq of [2, 4, 6]) {
      assert.deepEqual(await messageOf(js, "MM", seq), await messageOf(js, "MO", seq));
    }
  });

  test("sources bring messages with where they are from, filtered and renamed", async () => {
    await using js = await RawJetStream.open(target.server);
    await js.createStream("SO", { subjects: ["so.>"] });
    for (const name of ["a", "b", "c"]) await js.client.request(`so.${name}`, name);
    const renamed = { name: "SO", subject_transforms: [{ src: "so.c", dest: "renamed.c" }] };
    await js.createStream("SA", { sources: [{ name: "SO", filter_subject: "so.b" }] });
    await js.createStream("SB", { sources: [renamed] });
    await infoWhen(js, "SA", hasMessages(1));
    await infoWhen(js, "SB", hasMessages(1));
    const filtered = await messageOf(js, "SA", 1);
    assert.equal(filtered["subject"], "so.b");
    assert.match(
      headersOf(filtered),
      /^NATS\/1\.0\r\nNats-Stream-Source: SO 2 so\.b > so\.b( \S+)?\r\n\r\n$/,
    );
    const other = await messageOf(js, "SB", 1);
    assert.equal(other["subject"], "renamed.c");
    assert.match(headersOf(other), /Nats-Stream-Source: SO 3 so\.c renamed\.c so\.c( \S+)?\r\n/);
  });

  test("a source goes on after a restart where it was", async () => {
    await using server = await target.start();
    await using js = await RawJetStream.open(server);
    await js.createStream("RO", { subjects: ["ro"] });
    await js.createStream("RS", { sources: [{ name: "RO" }] });
    await js.client.request("ro", "1");
    await infoWhen(js, "RS", hasMessages(1));
    await server.restart();
    await using again = await RawJetStream.open(server);
    await again.client.request("ro", "2");
    const { state } = await infoWhen(again, "RS", hasMessages(2));
    assert.equal(state.last_seq, 2);
  });

  test("an origin may be in another account", async () => {
    await using server = await target.start({ config: ACCOUNTS });
    await using origin = await RawJetStream.open(server, { user: "origin", pass: "p" });
    await using feeder = await RawJetStream.open(server, { user: "feeder", pass: "p" });
    await origin.createStream("O", { subjects: ["o.>"] });
    await origin.client.request("o.1", "one");
    const external = { api: "origin.api", deliver: "to.feeder" };
    await feeder.createStream("M", { mirror: { name: "O", external } });
    await feeder.createStream("S", { sources: [{ name: "O", external }] });
    const mirrored = await infoWhen(feeder, "M", hasMessages(1));
    await infoWhen(feeder, "S", hasMessages(1));
    assert.deepEqual(mirrored["mirror"].external, external);
    await origin.client.request("o.2", "two");
    await infoWhen(feeder, "M", hasMessages(2));
    await infoWhen(feeder, "S", hasMessages(2));
    assert.equal((await messageOf(feeder, "M", 2))["subject"], "o.2");
    assert.match(
      headersOf(await messageOf(feeder, "S", 2)),
      /Nats-Stream-Source: O:\w{8} 2 > > o\.2( \S+)?\r\n/,
    );
  });
});
