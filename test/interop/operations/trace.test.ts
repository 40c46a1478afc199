import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { onEachTarget } from "../support/targets.ts";

/** What a connection says that makes a mistake at its end: it is closed once all is carried out. */
const conversation = [
  'CONNECT {"user":"u","pass":"secret","auth_token":"t0ken","verbose":false,"protocol":1,"headers":true,"no_responders":true}',
  "PING",
  "SUB foo.* 1",
  "SUB   bar  q   2",
  "UNSUB 2 3",
  "PONG",
  "PUB foo.a re 8",
  'h\xc3\xa9"\x01\xff\t\n',
  "HPUB foo.b 18 20",
  "NATS/1.0\r\na: b\r\n\r\nhi",
  "PUB foo.empty 0",
  "",
  "UNSUB 1",
  "PUB nobody 1",
  "x",
  "NOPE",
  "",
].join("\r\n");

async function converse(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.resume();
  socket.write(Buffer.from(conversation, "latin1"));
  await once(socket, "close");
}

/** The traced operations of the connection, without time and name; nats-server shows spaces as they were sent. */
function operations(lines: readonly string[]): string[] {
  return lines
    .filter((line) => line.includes("[TRC] 127.0.0.1:"))
    .map((line) => line.replace(/^.*cid:\d+ - (?:"[^"]*" - )*/, "").replaceAll(/ +/g, " "));
}

const connected =
  '<<- [CONNECT {"user":"u","pass":"[REDACTED]","auth_token":"[REDACTED]","verbose":false,"protocol":1,"headers":true,"no_responders":true}]';

onEachTarget(
  "traces of the protocol",
  (target) => {
    test("tell each operation in the log, without secrets", async () => {
      await converse(target.server.port);
      await target.server.line(/<-> \[DELSUB 2\]/);
      assert.deepEqual(operations(target.server.lines), [
        connected,
        "<<- [PING]",
        "->> [PONG]",
        "<<- [SUB foo.* 1]",
        "<<- [SUB bar q 2]",
        "<<- [UNSUB 2 3]",
        "<<- [PONG]",
        "<<- [PUB foo.a re 8]",
        '<<- MSG_PAYLOAD: ["hé\\"\\x01\\xff\\t\\n"]',
        "->> [MSG foo.a 1 re 8]",
        '->> MSG_PAYLOAD: ["hé\\"\\x01\\xff\\t\\n"]',
        "<<- [HPUB foo.b 18 20]",
        '<<- MSG_PAYLOAD: ["NATS/1.0\\r\\na: b\\r\\n\\r\\nhi"]',
        "->> [HMSG foo.b 1 18 20]",
        '->> MSG_PAYLOAD: ["NATS/1.0\\r\\na: b\\r\\n\\r\\nhi"]',
        "<<- [PUB foo.empty 0]",
        "->> [MSG foo.empty 1 0]",
        "<<- [UNSUB 1]",
        "<-> [DELSUB 1]",
        "<<- [PUB nobody 1]",
        '<<- MSG_PAYLOAD: ["x"]',
        "->> [-ERR Unknown Protocol Operation]",
        "<-> [DELSUB 2]",
      ]);
    });
  },
  { config: "trace: true\nauthorization { user: u, password: secret }" },
);

onEachTarget(
  "short traces",
  (target) => {
    test("tell the beginning of what is said, and of messages with headers only these", async () => {
      await converse(target.server.port);
      await target.server.line(/<-> \[DELSUB 2\]/);
      const payloads = operations(target.server.lines).filter((line) => line.includes("PAYLOAD"));
      assert.deepEqual(payloads, [
        '<<- MSG_PAYLOAD: ["NATS/1.0\\r\\n..."]',
        '->> MSG_PAYLOAD: ["NATS/1.0\\r\\n..."]',
      ]);
    });
  },
  {
    config:
      "trace_headers: true\nmax_traced_msg_len: 10\nauthorization { user: u, password: secret }",
  },
);
