import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { oxbow } from "./support/command.ts";

describe("help", { concurrency: 2 }, () => {
  const commands = [
    "start",
    "pub",
    "sub",
    "station",
    ...["create", "list", "describe", "edit", "purge", "remove", "delete"].map(
      (name) => `station ${name}`,
    ),
    "group",
    ...["create", "list", "describe", "edit", "lag", "pause", "resume", "rewind", "delete"].map(
      (name) => `group ${name}`,
    ),
    "schema",
    ...["create", "add", "check", "list", "show", "diff", "activate", "compatibility"].map(
      (name) => `schema ${name}`,
    ),
    ...["delete", "attach", "detach", "attached"].map((name) => `schema ${name}`),
    ...["try", "generate"].map((name) => `schema ${name}`),
    "lineage",
    "produce",
    "consume",
    "dead-letter",
    ...["list", "show", "resend", "drop"].map((name) => `dead-letter ${name}`),
    "user",
    ...["create", "list", "show", "edit", "delete", "password"].map((name) => `user ${name}`),
    "user key",
    "user key add",
    "user key remove",
    "tenant",
    ...["create", "list", "show", "edit", "delete"].map((name) => `tenant ${name}`),
    "audit",
    "context",
    ...["add", "list", "use", "show", "remove", "import"].map((name) => `context ${name}`),
    "quickstart",
    "completion",
    "apply",
    "export",
    "stream",
    "stream create",
    "stream update",
    "stream info",
    "stream list",
    "stream purge",
    "stream delete",
    "stream get",
    "stream view",
    "stream delete-message",
    "consumer",
    "consumer create",
    "consumer info",
    "consumer list",
    "consumer next",
    "consumer delete",
    "bench",
    "demo",
  ];
  for (const command of commands) {
    test(`of oxbow ${command} has an example`, async () => {
      const { status, stdout, stderr } = await oxbow([...command.split(" "), "--help"]);
      assert.equal(status, 0);
      assert.equal(stderr, "");
      assert.match(stdout, new RegExp(`^Usage: oxbow ${command} `));
      assert.match(stdout, new RegExp(`Examples:\\n(.*\\n)*.*oxbow ${command.split(" ")[0]}`));
    });
  }

  test("of oxbow names every command, also when nothing is written", async () => {
    for (const args of [[], ["--help"]]) {
      const { status, stdout } = await oxbow(args);
      assert.equal(status, 0);
      for (const name of ["start", "pub", "sub", "stream", "consumer", "bench", "demo"]) {
        assert.match(stdout, new RegExp(`^  ${name} `, "m"));
      }
    }
  });

  test("the version is printed", async () => {
    assert.match((await oxbow(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
  });
});

describe("a wrong command line is answered with one line and status 2", { concurrency: 2 }, () => {
  const cases: readonly (readonly [args: string, line: RegExp])[] = [
    ["strat", /^oxbow: unknown command "strat": did you mean start\?$/],
    ["launch", /^oxbow: unknown command "launch": write one of quickstart, start, nats-server,/],
    ["--verison", /^oxbow: unknown option '--verison': did you mean --version\?$/],
    ["start --prot 1", /^oxbow start: unknown option '--prot': did you mean --port\?$/],
    ["start --port abc", /^oxbow: --port: expected a whole number from 0 to 65535, not "abc"$/],
    ["start --port", /^oxbow start: option '--port <number>' argument missing$/],
    ["start --sync sometimes", /^oxbow: --sync: expected always, interval:<ms>/],
    [
      "start --host 0.0.0.0",
      /credentials: to have random ones made, write oxbow start --host 0\.0\.0\.0 --auth$/,
    ],
    ["start --config /nowhere/at-all.conf", /^oxbow: --config .*: there is no such file$/],
    ["start now", /^oxbow start: too many arguments: write oxbow start/],
    ["pub", /^oxbow pub: missing required argument 'subject': write oxbow pub/],
    ["pub a.> x", /^oxbow pub: the value 'a\.>' is invalid for 'subject'\. Write tokens with dots/],
    ["pub a b c", /^oxbow pub: too many arguments: write oxbow pub/],
    ["pub a b --count 0", /^oxbow pub: .*'0' is invalid\. Write a whole number from 1\.$/],
    ["pub a b --cuont 1", /^oxbow pub: unknown option '--cuont': did you mean --count\?$/],
    [
      "pub a b --server http://a",
      /^oxbow: "http:\/\/a" is no address of a server: write --server nats:/,
    ],
    ["stream", /^oxbow: which of create, update, .*\? See oxbow stream --help$/],
    ["stream ifno A", /^oxbow stream: unknown command 'ifno': did you mean info\?$/],
    ["stream create A --max-age 7", /Write a duration such as/],
    ["stream update A", /^oxbow stream update: nothing to change: write for example/],
    ["stream get A", /^oxbow stream get: write a sequence or --last <subject>/],
    ["stream purge A --seq 1 --keep 1", /exclude one another: write one$/],
    ["consumer create A b --deliver by_start_time", /by_start_time and --start-time go together$/],
    ["bench publsh", /Write one of pubsub, request, publish/],
    [
      "demo --crash --server a",
      /^oxbow demo: --crash kills the demo's own server: leave --server out$/,
    ],
  ];
  for (const [args, line] of cases) {
    test(`oxbow ${args}`, async () => {
      const { status, stdout, stderr } = await oxbow(args.split(" "));
      assert.equal(stdout, "");
      assert.match(stderr, /^[^\n]+\n$/);
      assert.match(stderr.trimEnd(), line);
      assert.equal(status, 2);
    });
  }
});

test("without a server, clients say how to get one, with status 1", async () => {
  // Nothing listens on port 1 of the loopback interface.
  const { status, stderr } = await oxbow(["pub", "a", "b"], { env: { OXBOW_URL: "127.0.0.1:1" } });
  assert.equal(status, 1);
  assert.match(stderr, /^oxbow: no server at 127\.0\.0\.1:1: start one with "oxbow start".*\n$/);
});

test("an old Node is told that it is too old", async () => {
  const older = `data:text/javascript,Object.defineProperty(process, "versions", { value: { node: "20.20.2" } })`;
  const env = { NODE_OPTIONS: `--import ${JSON.stringify(older)}` };
  for (const args of [["start"], ["nats-server", "-v"], ["--help"]]) {
    const { status, stdout, stderr } = await oxbow(args, { env });
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^oxbow: this is Node 20\.20\.2, and Node 24 or newer is needed: .*\n$/);
  }
});
