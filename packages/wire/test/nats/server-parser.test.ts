import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ServerParser } from "@oxbow/wire/nats";
import { type Call, feed, ServerRecorder, SMALL_LIMITS, serverCalls } from "./recorder.ts";

const UNKNOWN: Call = ["error", "unknown-operation"];
const MALFORMED: Call = ["error", "malformed"];

const noResponders = "NATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n";

/** Input, and what is reported for it whatever the chunking. */
const rows: readonly (readonly [input: string, ...calls: Call[]])[] = [
  ['INFO {"a":1} \r\n', ["info", '{"a":1} ']],
  ["MSG a 1 2\r\nhi\r\n", ["message", "a", "1", "", 0, "hi"]],
  ["MSG a 1 r 2\r\nhi\r\n", ["message", "a", "1", "r", 0, "hi"]],
  ["MSG a 1 0\r\n\r\nPING\r\n", ["message", "a", "1", "", 0, ""], ["ping"]],
  ["msg\ta  1\t2\nhi\r\n", ["message", "a", "1", "", 0, "hi"]],
  [`HMSG r.1 1 38 38\r\n${noResponders}\r\n`, ["message", "r.1", "1", "", 38, noResponders]],
  [
    "HMSG a 1 r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n",
    ["message", "a", "1", "r", 12, "NATS/1.0\r\n\r\nhi"],
  ],
  ["+OK\r\n-ERR 'Invalid Subject'\r\n", ["ok"], ["err", "'Invalid Subject'"]],
  ["PING\r\nPONG\r\n", ["ping"], ["pong"]],
  ["MSG a 2\r\nhi\r\n", MALFORMED],
  ["MSG a 1 r x 2\r\nhi\r\n", MALFORMED],
  ["MSG a 1 x\r\n", MALFORMED],
  ["HMSG a 1 2\r\nhi\r\n", MALFORMED],
  ["HMSG a 1 3 2\r\nhi\r\n", MALFORMED],
  ["HMSG a 1 x 2\r\nhi\r\n", MALFORMED],
  ["HMSG a 1 2 x\r\nhi\r\n", MALFORMED],
  ["MSG a 1 201\r\n", ["error", "payload-exceeded"]],
  [`INFO {${" ".repeat(63)}}\r\n`, ["error", "control-line-exceeded"]],
  ["MSG a 1 2\r\nhix", UNKNOWN],
  ["MSG a 1 2\r\nhi\rx", UNKNOWN],
  ["-ERR\r\n", UNKNOWN],
  ["PUB a 2\r\nhi\r\n", UNKNOWN],
  ["\r\n", UNKNOWN],
];

suite("what a server sends", () => {
  for (const [input, ...calls] of rows) {
    test(JSON.stringify(input.slice(0, 60)), () => {
      for (const sizes of [[], [1], [3]]) assert.deepEqual(serverCalls(input, sizes), calls);
    });
  }
});

test("a stopped parser reports nothing more", () => {
  const recorder = new ServerRecorder();
  const parser = new ServerParser(recorder, SMALL_LIMITS);
  feed(parser, "PING\r\nMSG a 1 9\r\n");
  parser.stop();
  feed(parser, "123456789\r\nPING\r\n");
  assert.deepEqual(recorder.calls, [["ping"]]);
  assert.equal(parser.bufferedBytes, 0);
});
