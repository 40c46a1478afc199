import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accountRequests, serverRequests } from "../../src/monitoring/system-handlers.ts";
import { connectClient, openEngine } from "../connection/open-engine.ts";

const accounts = [
  { name: "$SYS", users: [{ user: "s", password: "pw" }] },
  { name: "A", users: [{ user: "a", password: "pw" }] },
];

/** Requests on a server by its id or all servers, on an account, and on claims. */
const endings = [
  ...Object.keys(serverRequests).map((name) => `SERVER.PING.${name}`),
  ...Object.keys(serverRequests).map((name) => `SERVER.ID.${name}`),
  ...Object.keys(accountRequests).map((name) => `ACCOUNT.A.${name}`),
  "ACCOUNT.PING.STATZ",
  "ACCOUNT.NSUBS",
  "ACCOUNT.A.CONNS",
  "ACCOUNT.__proto__.INFO",
  "ACCOUNT.A.CLAIMS.LOOKUP",
  "ACCOUNT.A.CLAIMS.UPDATE",
  "CLAIMS.LIST",
  "CLAIMS.DELETE",
  "CLAIMS.UPDATE",
  "CLAIMS.PACK",
  "USER.x.INFO",
  "USER.INFO",
  "USER.AUTH",
  "SERVER.PING",
  "SERVER.PING.IDZ",
  "SERVER.ID.STATSZ",
  "SERVER.ID.RELOAD",
  "SERVER.ID.KICK",
  "SERVER.ID.LDM",
];
const member = fc.constantFrom(
  ..."server_name cluster host domain tags exact_match acc account user sort subs_detail auth".split(
    " ",
  ),
  ..."subscriptions offset limit state filter_subject mqtt_client cid accounts streams consumer".split(
    " ",
  ),
  ..."config leader_only raft stream_leader_only js-enabled-only details unused".split(" "),
  ..."subject queue_group include_unused __proto__ constructor".split(" "),
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(-1, 0, 1, 2 ** 31, 2 ** 53, 1e300, 1.5, "", "A", "bytes_to", true, null),
);
const body = fc.oneof(
  fc
    .dictionary(member, value, { maxKeys: 5 })
    .map((members) => Buffer.from(JSON.stringify(members))),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom("", "{", '{"limit":1e999}', '{"cid":18446744073709551616}', "[".repeat(5_000))
    .map((text) => Buffer.from(text)),
);

test("whatever is asked of the system account, there is an answer or silence, and nobody suffers", async () => {
  const { engine, host } = await openEngine({ accounts, auth: { mode: "users", users: [] } });
  const system = connectClient(host, { user: "s", pass: "pw" });
  system.send("SUB _INBOX.> 1\r\n");
  const witness = connectClient(host, { user: "a", pass: "pw" });
  witness.send("SUB witness 1\r\n");
  witness.take();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...endings), body, async (ending, bytes) => {
      const subject = `$SYS.REQ.${ending.replace("ID", engine.info.id)}`;
      const text = bytes.toString("latin1");
      const answer = system.send(`PUB ${subject} _INBOX.x ${bytes.length}\r\n${text}\r\nPING\r\n`);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      assert.match(answer, /PONG/);
      system.take();
      assert.equal(witness.send("PUB witness 2\r\nok\r\n"), "MSG witness 1 2\r\nok\r\n");
    }),
    { numRuns: 1_000 },
  );
  for (const client of [system, witness]) client.closeByPeer();
  await engine.destroy();
});
