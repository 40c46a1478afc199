import assert from "node:assert/strict";
import { test } from "node:test";
import { LogStore } from "@oxbow/log";
import { SimWorld } from "@oxbow/testkit";
import { resolveEngineOptions } from "../../src/engine-options.ts";
import {
  type AccountJetStream,
  accountJetStreamOf,
  importsJetStream,
} from "../../src/jetstream/account-limits.ts";
import { JetStreams } from "../../src/jetstream/jetstreams.ts";
import type { AccountOptions, ImportOptions } from "../../src/options/accounts.ts";
import { Account } from "../../src/routing/account.ts";
import { MessageView } from "../../src/routing/message.ts";
import { Inbox } from "./support/inbox.ts";
import type { Answer } from "./support/test-jetstream.ts";

type Allowance = Pick<AccountOptions, "jetstream" | "jetstreamTiers">;

/** Accounts by name, their JetStreams over one store, and a way to ask them. */
class TestServer {
  readonly jetstreams: JetStreams;
  readonly accounts: Map<string, Account> = new Map();
  readonly #world: SimWorld;
  readonly #store: LogStore;

  private constructor(world: SimWorld, store: LogStore, jetstreams: JetStreams) {
    this.#world = world;
    this.#store = store;
    this.jetstreams = jetstreams;
  }

  static async open(
    world: SimWorld,
    host: ReturnType<SimWorld["host"]>,
    accounts: Readonly<Record<string, Allowance>>,
    options: Parameters<typeof resolveEngineOptions>[0]["jetstream"] = {},
  ): Promise<TestServer> {
    const store = await LogStore.open({ directory: "/data" }, host);
    const { jetstream, limits } = resolveEngineOptions({ jetstream: options });
    const server = {
      id: "N",
      name: "test",
      version: "2.14.5",
      apiLevel: 4,
      domain: jetstream.domain,
    };
    const { payloadMax } = limits;
    const jetstreams = new JetStreams({ host, store, server, options: jetstream, payloadMax });
    const opened = new TestServer(world, store, jetstreams);
    for (const [name, allowance] of Object.entries(accounts)) {
      const account = new Account(name, host.random);
      opened.accounts.set(name, account);
      await opened.allow(name, allowance);
    }
    return opened;
  }

  async allow(name: string, allowance: Allowance): Promise<void> {
    await this.jetstreams.configure(this.#account(name), accountJetStreamOf(allowance, false));
  }

  async request(name: string, subject: string, body: string): Promise<string> {
    const account = this.#account(name);
    const inbox = new Inbox(account, "_INBOX.x", () => this.#world.nowMs);
    const view = new MessageView();
    const [subjectBytes, reply, payload] = [
      Buffer.from(subject),
      Buffer.from("_INBOX.x"),
      Buffer.from(body),
    ];
    view.setSubject(subjectBytes, 0, subjectBytes.length);
    view.setReply(reply, 0, reply.length);
    view.setPayload(payload, 0, payload.length, 0);
    assert.ok(account.publish(view) > 0, `nobody listens to ${subject}`);
    const answer = await inbox.next();
    inbox.close();
    return answer.payload;
  }

  async api(name: string, request: string, body: unknown = ""): Promise<Answer> {
    const text = body === "" ? "" : JSON.stringify(body);
    return JSON.parse(await this.request(name, `$JS.API.${request}`, text));
  }

  createStream(name: string, stream: string, config: object = {}): Promise<Answer> {
    return this.api(name, `STREAM.CREATE.${stream}`, { name: stream, subjects: ["s"], ...config });
  }

  async publish(name: string, body: string): Promise<Answer> {
    return JSON.parse(await this.request(name, "s", body));
  }

  async close(): Promise<void> {
    this.jetstreams.close();
    await this.#store.close();
  }

  #account(name: string): Account {
    return this.accounts.get(name) as Account;
  }
}

async function play(body: (world: SimWorld) => Promise<void>): Promise<void> {
  const world = new SimWorld("jetstreams");
  await world.play(() => body(world));
}

test("accounts have streams of their own, also when they are named alike, and after a restart", () =>
  play(async (world) => {
    const host = world.host();
    const accounts = { A: { jetstream: true }, "A/B": { jetstream: true } };
    const server = await TestServer.open(world, host, accounts);
    await server.createStream("A", "S");
    await server.createStream("A/B", "S");
    await server.publish("A", "only in A");
    await server.createStream("A/B", "T", { subjects: ["t"] });
    await server.close();
    const again = await TestServer.open(world, world.host({ disk: host.kill() }), accounts);
    assert.deepEqual((await again.api("A", "STREAM.NAMES")).streams, ["S"]);
    assert.deepEqual((await again.api("A/B", "STREAM.NAMES")).streams, ["S", "T"]);
    assert.equal((await again.api("A", "STREAM.INFO.S")).state.messages, 1);
    assert.equal((await again.api("A/B", "STREAM.INFO.S")).state.messages, 0);
    assert.ok(again.jetstreams.hasStored("A/B"));
    assert.ok(!again.jetstreams.hasStored("B"));
    await again.close();
  }));

test("an account without JetStream hears what nats-server would say beside that", () =>
  play(async (world) => {
    const server = await TestServer.open(world, world.host(), { A: {} });
    const noPage = { total: 0, offset: 0, limit: 0 };
    const expected: readonly (readonly [request: string, code: number, beside: object])[] = [
      ["STREAM.NAMES", 10039, { ...noPage, streams: null }],
      ["STREAM.LIST", 10039, { ...noPage, streams: [] }],
      ["STREAM.INFO.S", 10039, noPage],
      ["STREAM.PURGE.S", 10039, { purged: 0 }],
      ["CONSUMER.NAMES.S", 10039, { ...noPage, consumers: [] }],
      ["CONSUMER.LIST.S", 10039, { ...noPage, consumers: [] }],
      ["STREAM.LEADER.STEPDOWN.S", 10010, {}],
      ["STREAM.PEER.REMOVE.S", 10010, {}],
      ["CONSUMER.LEADER.STEPDOWN.S.c", 10010, {}],
    ];
    for (const [request, code, beside] of expected) {
      const { type: _, error, ...rest } = await server.api("A", request);
      assert.equal(error.err_code, code, request);
      assert.deepEqual(rest, beside, request);
    }
    for (const request of ["CONSUMER.MSG.NEXT.S.c", "DIRECT.GET.S", "DIRECT.GET.S.a"]) {
      await assert.rejects(server.api("A", request), /nobody listens/, request);
    }
    await server.close();
  }));

test("an account that imports JetStream from another one is not told that it has none", () =>
  play(async (world) => {
    const server = await TestServer.open(world, world.host(), { A: {} });
    const account = server.accounts.get("A");
    assert.ok(account !== undefined);
    await server.jetstreams.configure(account, undefined, true);
    await assert.rejects(server.api("A", "INFO"), /nobody listens/);
    await server.jetstreams.configure(account, undefined);
    assert.equal((await server.api("A", "INFO")).error.err_code, 10039);
    await server.close();
  }));

test("an import of what tells about the account is one of JetStream", () => {
  const service = { kind: "service", account: "B" } as const;
  const cases: readonly (readonly [ImportOptions, boolean])[] = [
    [{ ...service, subject: "$JS.API.INFO" }, true],
    [{ ...service, subject: "$JS.API.>" }, true],
    [{ ...service, subject: "b.info", to: "$JS.API.*" }, true],
    [{ ...service, subject: "$JS.API.INFO", to: "b.info" }, false],
    [{ ...service, subject: "$JS.API.STREAM.>" }, false],
    [{ ...service, kind: "stream", subject: "$JS.API.INFO" }, false],
  ];
  for (const [each, expected] of cases) {
    assert.equal(importsJetStream({ imports: [each] }), expected, JSON.stringify(each));
  }
  assert.equal(importsJetStream({}), false);
});

test("an account without JetStream is told so", () =>
  play(async (world) => {
    const server = await TestServer.open(world, world.host(), { A: {} });
    for (const request of ["INFO", "STREAM.CREATE.S", "CONSUMER.LIST.S"]) {
      const { error, type } = await server.api("A", request);
      assert.equal(error.err_code, 10039);
      assert.match(type, /^io\.nats\.jetstream\.api\.v1\.\w+_response$/);
    }
    await server.allow("A", { jetstream: true });
    assert.equal((await server.createStream("A", "S")).did_create, true);
    await server.close();
  }));

test("an account that may not use JetStream any more has its streams back when it may again", () =>
  play(async (world) => {
    const host = world.host();
    const accounts = { A: { jetstream: true }, "A/B": { jetstream: true } };
    const server = await TestServer.open(world, host, accounts);
    for (const name of ["A", "A/B"]) {
      const schedules = { subjects: ["s", "plan"], allow_msg_schedules: true };
      await server.createStream(name, "S", schedules);
      await server.createStream(name, "M", { subjects: ["m"], storage: "memory" });
      const config = { durable_name: "c", ack_policy: "explicit" };
      await server.api(name, "CONSUMER.CREATE.S.c", { stream_name: "S", config });
      await server.publish(name, "1");
      await server.publish(name, "2");
      await server.request(name, "$JS.API.CONSUMER.MSG.NEXT.S.c", "1");
    }
    const before = await server.api("A", "CONSUMER.INFO.S.c");
    assert.equal(before.num_ack_pending, 1);
    // Not durable yet when it is switched off.
    const last = server.publish("A", "3");
    await server.allow("A", {});
    assert.equal((await last).seq, 3);
    assert.equal((await server.api("A", "INFO")).error.err_code, 10039);
    await assert.rejects(server.publish("A", "4"), /nobody listens/);
    assert.equal((await server.publish("A/B", "3")).seq, 3, "others go on");
    const check = async (on: TestServer): Promise<void> => {
      assert.deepEqual((await on.api("A", "STREAM.NAMES")).streams, ["S"]);
      assert.equal((await on.api("A", "STREAM.INFO.S")).state.messages, 3);
      const after = await on.api("A", "CONSUMER.INFO.S.c");
      assert.equal(after.num_pending, 2);
      assert.deepEqual(after.delivered.stream_seq, before.delivered.stream_seq);
      assert.equal(after.num_ack_pending, 1);
    };
    const changes = [server.allow("A", { jetstream: true }), server.allow("A", {})];
    await Promise.all([...changes, server.allow("A", { jetstream: true })]);
    await check(server);
    await server.allow("A", {});
    await server.close();
    const again = await TestServer.open(world, world.host({ disk: host.kill() }), accounts);
    await check(again);
    assert.equal((await again.publish("A", "4")).seq, 4);
    await again.close();
  }));

test("limits of an account hold for it alone, and may change", () =>
  play(async (world) => {
    const small = { jetstream: { streamsMax: 1, storageBytesMax: 1_000, memoryBytesMax: 0 } };
    const server = await TestServer.open(world, world.host(), { A: small, B: { jetstream: true } });
    await server.createStream("A", "S");
    const second = await server.createStream("A", "T", { subjects: ["t"] });
    assert.equal(second.error.err_code, 10027);
    assert.equal((await server.publish("A", "x".repeat(900))).seq, 1);
    assert.equal((await server.publish("A", "x".repeat(900))).error.err_code, 10002);
    await server.createStream("B", "S");
    assert.equal((await server.publish("B", "x".repeat(5_000))).seq, 1);
    const { limits, storage } = await server.api("A", "INFO");
    assert.deepEqual([limits.max_streams, limits.max_storage, limits.max_memory], [1, 1_000, 0]);
    assert.ok(storage > 900);
    await server.allow("A", { jetstream: { storageBytesMax: 10_000 } });
    assert.equal((await server.publish("A", "x".repeat(900))).seq, 2);
    await server.close();
  }));

test("the server's limits hold for all accounts together", () =>
  play(async (world) => {
    const options = { storageBytesMax: 10_000 };
    const accounts = { A: { jetstream: true }, B: { jetstream: true } };
    const server = await TestServer.open(world, world.host(), accounts, options);
    await server.createStream("A", "S", { max_bytes: 8_000 });
    const refused = await server.createStream("B", "S", { max_bytes: 3_000 });
    assert.equal(refused.error.err_code, 10047);
    await server.createStream("B", "S");
    assert.equal((await server.publish("A", "x".repeat(7_000))).seq, 1);
    assert.equal((await server.publish("B", "x".repeat(4_000))).error.err_code, 10023);
    assert.equal((await server.publish("B", "x".repeat(1_000))).seq, 1);
    await server.close();
  }));

test("tiers are told, and one without R1 can have no streams", () =>
  play(async (world) => {
    const limits = (accountJetStreamOf({ jetstream: { streamsMax: 5 } }, false) as AccountJetStream)
      .limits;
    assert.ok(limits !== undefined);
    const accounts = {
      A: { jetstream: true, jetstreamTiers: { R1: limits, R3: limits } },
      B: { jetstream: true, jetstreamTiers: { R3: limits } },
    };
    const server = await TestServer.open(world, world.host(), accounts);
    await server.createStream("A", "S");
    const { tiers, limits: top } = await server.api("A", "INFO");
    assert.equal(tiers.R1.limits.max_streams, 5);
    assert.equal(tiers.R1.streams, 1);
    assert.equal(top.max_streams, 0);
    assert.equal((await server.createStream("B", "S")).error.err_code, 10120);
    await server.close();
  }));

test("the domain is in acknowledgements and answers", () =>
  play(async (world) => {
    const accounts = { A: { jetstream: true } };
    const server = await TestServer.open(world, world.host(), accounts, { domain: "hub" });
    assert.equal((await server.createStream("A", "S")).domain, "hub");
    assert.deepEqual(await server.publish("A", "x"), { stream: "S", domain: "hub", seq: 1 });
    assert.equal((await server.api("A", "INFO")).domain, "hub");
    await server.close();
  }));
