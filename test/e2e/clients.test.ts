import assert from "node:assert/strict";
import { test } from "node:test";
import { onEachTarget } from "../interop/support/targets.ts";
import { type CommandResult, oxbow, RunningCommand } from "./support/command.ts";

onEachTarget("the client commands", (target) => {
  const run = async (args: readonly string[], stdin?: string): Promise<CommandResult> =>
    oxbow(args, {
      env: { OXBOW_URL: target.server.url },
      ...(stdin === undefined ? {} : { stdin }),
    });

  const succeed = async (args: readonly string[], stdin?: string): Promise<string> => {
    const { status, stdout, stderr } = await run(args, stdin);
    assert.equal(status, 0, stderr);
    return stdout;
  };

  const json = async <T>(args: readonly string[], stdin?: string): Promise<T> =>
    JSON.parse(await succeed([...args, "--json"], stdin)) as T;

  test("sub prints what pub sends, with headers", async () => {
    await using subscriber = new RunningCommand(["sub", "greet.>", "--count", "2", "--json"], {
      env: { OXBOW_URL: target.server.url },
    });
    const received = subscriber.event();
    // The subscription is announced on stderr only, so the message is repeated until it arrives.
    const publish = ["pub", "greet.all", "héllo", "--header", "A:1", "--header", "A:2"];
    let isReceived = false;
    void received.then(() => {
      isReceived = true;
    });
    while (!isReceived) assert.match(await succeed(publish), /^published 1 message/);
    const expected = { subject: "greet.all", headers: { A: ["1", "2"] }, data: "héllo" };
    assert.deepEqual(await received, expected);
    await succeed(publish);
    assert.equal((await subscriber.ended()).status, 0);
  });

  test("a stream keeps what pub --jetstream sends, and shows it", async () => {
    const created = await json<{ config: { subjects: string[] } }>([
      "stream",
      "create",
      "ORDERS",
      "--subjects",
      "orders.>,refunds",
      "--max-age",
      "7d",
    ]);
    assert.deepEqual(created.config.subjects, ["orders.>", "refunds"]);

    const publish = ["pub", "orders.new", "--jetstream"];
    const id = ["--header", "Nats-Msg-Id:1"];
    assert.deepEqual(await json([...publish, '{"id":1}', ...id]), {
      stream: "ORDERS",
      seq: 1,
      firstSeq: 1,
      count: 1,
      duplicates: 0,
    });
    const again = await succeed([...publish, '{"id":1}', ...id]);
    assert.equal(again, "stored 1 message in ORDERS as 1, 1 of them there before\n");
    const lines = await succeed([...publish, "--lines"], "two\nthree\n\n");
    assert.equal(lines, "stored 2 messages in ORDERS as 2 to 3\n");

    const message = await json<Record<string, unknown>>(["stream", "get", "ORDERS", "1"]);
    assert.equal(message["data"], '{"id":1}');
    assert.deepEqual(message["headers"], { "Nats-Msg-Id": ["1"] });
    assert.match(await succeed(["stream", "get", "ORDERS", "--last", "orders.new"]), /\nthree\n$/);
    const view = await succeed(["stream", "view", "ORDERS", "--from", "2"]);
    assert.match(view, /^\[2\] orders\.new .*\ntwo\n\[3\] orders\.new .*\nthree\n$/);

    assert.match(await succeed(["stream", "list"]), /^ORDERS {2}orders\.>, refunds {2}file {2}/m);
    assert.match(await succeed(["stream", "info", "ORDERS"]), /messages\s+3 /);
    const updated = ["stream", "update", "ORDERS", "--max-msgs", "100"];
    assert.equal((await json<{ config: { max_msgs: number } }>(updated)).config.max_msgs, 100);
    await succeed(["stream", "delete-message", "ORDERS", "2"]);
    assert.deepEqual(await json(["stream", "purge", "ORDERS", "--keep", "1"]), {
      stream: "ORDERS",
      purged: 1,
    });
    assert.deepEqual(await json(["stream", "delete", "ORDERS"]), {
      stream: "ORDERS",
      deleted: true,
    });
  });

  test("a consumer hands out each message once it is created, and remembers the acks", async () => {
    await succeed(["stream", "create", "JOBS", "--subjects", "jobs.*"]);
    await succeed(["pub", "jobs.a", "--jetstream", "--lines"], "1\n2\n3\n");
    await succeed(["pub", "jobs.b", "--jetstream", "other"]);
    await succeed([
      "consumer",
      "create",
      "JOBS",
      "worker",
      "--filter",
      "jobs.a",
      "--ack-wait",
      "1m",
    ]);

    const first = await succeed(["consumer", "next", "JOBS", "worker", "--count", "2", "--json"]);
    const read = first
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { data: string });
    assert.deepEqual(
      read.map(({ data }) => data),
      ["1", "2"],
    );
    const peeked = await succeed(["consumer", "next", "JOBS", "worker", "--no-ack"]);
    assert.match(peeked, /\n3\n$/);

    const info = await json<{ num_ack_pending: number; ack_floor: { stream_seq: number } }>([
      "consumer",
      "info",
      "JOBS",
      "worker",
    ]);
    assert.equal(info.num_ack_pending, 1);
    assert.equal(info.ack_floor.stream_seq, 2);
    assert.match(await succeed(["consumer", "list", "JOBS"]), /^worker\s+explicit\s+1\s+0\s+0$/m);
    await succeed(["consumer", "delete", "JOBS", "worker"]);
    await succeed(["stream", "delete", "JOBS"]);
  });

  test("what is not there is named, with the nearest that is, and status 1", async () => {
    await succeed(["stream", "create", "PLACES", "--subjects", "places"]);
    const cases: readonly (readonly [args: string, line: RegExp])[] = [
      ["stream info PLACE", /^oxbow: no stream PLACE: did you mean PLACES\?$/],
      ["stream info NOTHING", /create it with "oxbow stream create NOTHING --subjects SUBJECT"$/],
      [
        "stream get PLACES 9",
        /^oxbow: PLACES has no message with sequence 9: see oxbow stream info/,
      ],
      ["stream create PLACES --subjects p", /^oxbow: there is a stream PLACES with other settings/],
      [
        "consumer info PLACES me",
        /^oxbow: no consumer me on PLACES: create it with "oxbow consumer/,
      ],
      ["pub nowhere x --jetstream", /^oxbow: no stream takes nowhere: create one with/],
    ];
    for (const [args, line] of cases) {
      const { status, stderr } = await run(args.split(" "));
      assert.match(stderr.trimEnd(), line);
      assert.match(stderr, /^[^\n]+\n$/);
      assert.equal(status, 1);
    }
    await succeed(["stream", "delete", "PLACES"]);
  });

  test("bench prints a line a case", async () => {
    const text = await succeed(["bench", "--messages", "200", "--size", "16", "--json"]);
    const results = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { case: string });
    const names = results.map((result) => result.case);
    // Those of stations follow, where somebody keeps them.
    const plain = ["pubsub", "request", "publish", "publish-sync", "consume"];
    assert.deepEqual(names.slice(0, plain.length), plain);
  });
});

onEachTarget(
  "credentials",
  (target) => {
    test("are asked for in one line, and taken from options and the environment", async () => {
      const env = { OXBOW_URL: target.server.url };
      const refused = await oxbow(["pub", "a", "b"], { env });
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /did not accept the credentials: write --user and --password/);
      const withOptions = ["pub", "a", "b", "--user", "ann", "--password", "pw"];
      assert.equal((await oxbow(withOptions, { env })).status, 0);
      const full = { ...env, OXBOW_USER: "ann", OXBOW_PASSWORD: "pw" };
      assert.equal((await oxbow(["pub", "a", "b"], { env: full })).status, 0);
    });
  },
  { authorization: { user: "ann", password: "pw" } },
);
