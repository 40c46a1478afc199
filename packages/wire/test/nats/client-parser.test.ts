import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ClientParser } from "@oxbow/wire/nats";
import { type Call, ClientRecorder, clientCalls, feed, SMALL_LIMITS } from "./recorder.ts";

/** Input, what is reported for it, and the same whatever the chunking. */
type Row = readonly [input: string, ...calls: Call[]];

const UNKNOWN: Call = ["error", "unknown-operation"];
const MALFORMED: Call = ["error", "malformed"];
const LINE_EXCEEDED: Call = ["error", "control-line-exceeded"];
const PAYLOAD_EXCEEDED: Call = ["error", "payload-exceeded"];

/** Checks rows in one chunk, byte by byte, and in pieces of three bytes. */
function check(name: string, rows: readonly Row[]): void {
  suite(name, () => {
    for (const [input, ...calls] of rows) {
      test(JSON.stringify(input.length > 60 ? `${input.slice(0, 60)}…` : input), () => {
        assert.deepEqual(clientCalls(input), calls);
        assert.deepEqual(clientCalls(input, [1]), calls);
        assert.deepEqual(clientCalls(input, [3]), calls);
      });
    }
  });
}

const headers = "NATS/1.0\r\nA: b\r\n\r\n";

check("PUB", [
  ["PUB a 2\r\nhi\r\n", ["publish", "a", "", 0, "hi"]],
  ["PUB a.b r.s 2\r\nhi\r\n", ["publish", "a.b", "r.s", 0, "hi"]],
  ["PUB a 0\r\n\r\n", ["publish", "a", "", 0, ""]],
  ["PUB a 4\r\n\r\n\r\n\r\n", ["publish", "a", "", 0, "\r\n\r\n"]],
  ["PUB a 00002\r\nhi\r\n", ["publish", "a", "", 0, "hi"]],
  ["PUB a 1 2\r\nhi\r\n", ["publish", "a", "1", 0, "hi"]],
  ["pub a 2\nhi\r\n", ["publish", "a", "", 0, "hi"]],
  ["pUb\ta\tr\t2\r\nhi\r\n", ["publish", "a", "r", 0, "hi"]],
  ["PUB  \t a  2 \t\r\nhi\r\n", ["publish", "a", "", 0, "hi"]],
  ["PUB  a 2\r\nhi\r\n", ["publish", "a", "", 0, "hi"]],
  ["PUB a  r  2\r\nhi\r\n", ["publish", "a", "r", 0, "hi"]],
  ["PUB a \x01\x02 2\r\nhi\r\n", ["publish", "a", "\x01\x02", 0, "hi"]],
  ["PUB \x01 2\r\nhi\r\n", ["publish", "\x01", "", 0, "hi"]],
  ["PUB a 1\r\nx\r\nPUB b 1\r\ny\r\n", ["publish", "a", "", 0, "x"], ["publish", "b", "", 0, "y"]],
  [`PUB ${" ".repeat(500)}a 2\r\nhi\r\n`, ["publish", "a", "", 0, "hi"]],
  ["PUB 2\r\nhi\r\n", MALFORMED],
  ["PUB \r\n", MALFORMED],
  ["PUB a b c 1\r\nx\r\n", MALFORMED],
  ["PUB a b c d e f g h i j 1\r\nx\r\n", MALFORMED],
  ["PUB a x\r\n", MALFORMED],
  ["PUB a -1\r\n", MALFORMED],
  ["PUB a 1.5\r\n", MALFORMED],
  ["PUB a 2\r\r\nhi\r\n", MALFORMED],
  ["PUB a 0000000001\r\nx\r\n", MALFORMED],
  ["PUB a 9999999999\r\n", MALFORMED],
  ["PUB a 42949672970000000001\r\nx\r\n", MALFORMED],
  ["PUB\r\n", UNKNOWN],
  ["PUBa 1\r\n", UNKNOWN],
]);

check("HPUB", [
  [`HPUB a 18 20\r\n${headers}hi\r\n`, ["publish", "a", "", 18, `${headers}hi`]],
  [`HPUB a r 18 18\r\n${headers}\r\n`, ["publish", "a", "r", 18, headers]],
  [`hpub\ta  r\t18   20\n${headers}hi\r\n`, ["publish", "a", "r", 18, `${headers}hi`]],
  [`HPUB  a 18 20\r\n${headers}hi\r\n`, ["publish", "a", "", 18, `${headers}hi`]],
  [`HPUB a  18 20\r\n${headers}hi\r\n`, ["publish", "a", "", 18, `${headers}hi`]],
  ["HPUB a 0 2\r\nhi\r\n", ["publish", "a", "", 0, "hi"]],
  [`HPUB a 5 18 20\r\n${headers}hi\r\n`, ["publish", "a", "5", 18, `${headers}hi`]],
  ["HPUB a 14 12\r\nNATS/1.0\r\n\r\n\r\n", MALFORMED],
  ["HPUB a 2\r\nhi\r\n", MALFORMED],
  ["HPUB a r x 2\r\nhi\r\n", MALFORMED],
  ["HPUB a r 2 x\r\nhi\r\n", MALFORMED],
  ["HPUB a b c 1 2\r\nhi\r\n", MALFORMED],
  ["HPUB a 0000000001 2\r\nhi\r\n", MALFORMED],
  ["HPUB\r\n", UNKNOWN],
  ["HPUC a 1 1\r\n", UNKNOWN],
  ["HMSG a 1 0 0\r\n\r\n", UNKNOWN],
]);

check("the end of a payload", [
  ["PUB a 2\r\nhix\r\n", UNKNOWN],
  ["PUB a 2\r\nhi\n", UNKNOWN],
  ["PUB a 2\r\nhi\rx", UNKNOWN],
  ["PUB a 2\r\nh\r\n", UNKNOWN],
  ["PUB a 0\r\nPING\r\n", UNKNOWN],
]);

check("SUB and UNSUB", [
  ["SUB a 1\r\n", ["subscribe", "a", "", "1"]],
  ["sub\ta.* \t q  1\n", ["subscribe", "a.*", "q", "1"]],
  ["SUB a..b x \r\n", ["subscribe", "a..b", "", "x"]],
  ["SUB a\rb 1\r\n", ["subscribe", "a", "b", "1"]],
  ["SUB a\r\r\n", MALFORMED],
  ["SUB \n a 1\r\n", ["subscribe", "a", "", "1"]],
  ["SUB a\r\n", MALFORMED],
  ["SUB \r\n", MALFORMED],
  ["SUB a q 1 2\r\n", MALFORMED],
  ["SUB\r\n", UNKNOWN],
  ["SUBa 1\r\n", UNKNOWN],
  ["UNSUB 1\r\n", ["unsubscribe", "1", 0]],
  ["unsub 1 5\n", ["unsubscribe", "1", 5]],
  ["UNSUB \n1\r\n", ["unsubscribe", "1", 0]],
  ["UNSUB 1 x\r\n", ["unsubscribe", "1", 0]],
  ["UNSUB 1 -5\r\n", ["unsubscribe", "1", 0]],
  ["UNSUB 1 5 6\r\n", MALFORMED],
  ["UNSUB \r\n", MALFORMED],
  ["UNSUB\r\n", UNKNOWN],
]);

check("lines without fields", [
  ['CONNECT {"a": 1}\r\n', ["connect", '{"a": 1}']],
  ["connect\t {} \n", ["connect", "{} "]],
  ["CONNECT{}\r\n", ["connect", "{}"]],
  ["CONNECT\n{}\r\n", ["connect", "\n{}"]],
  ["CONNECT\r\n", ["connect", "\r"]],
  ["INFO {}\r\n", ["info", "{}"]],
  ["PING\r\n", ["ping"]],
  ["ping\n", ["ping"]],
  ["PING  with anything\r\nPONG\r\n", ["ping"], ["pong"]],
  ["PINGPONG\r\n", ["ping"]],
  [`PING${"x".repeat(5000)}\r\nPING\r\n`, ["ping"], ["ping"]],
  ["pOnG \r\n", ["pong"]],
  ["+OK\r\nPING\r\n", ["ping"]],
  ["+ok whatever\nPING\r\n", ["ping"]],
  ["-ERR 'x'\r\nPING\r\n", MALFORMED],
  ["-ERR\r\n", UNKNOWN],
]);

check("what begins no operation", [
  ["\r\n", UNKNOWN],
  ["\n", UNKNOWN],
  [" PING\r\n", UNKNOWN],
  ["PING\r\n\r\n", ["ping"], UNKNOWN],
  ["FOO\r\n", UNKNOWN],
  ["PIG\r\n", UNKNOWN],
  ["P\r\n", UNKNOWN],
  ["MSG a 1 2\r\nhi\r\n", UNKNOWN],
  ["LS+ a\r\n", UNKNOWN],
  ["RS+ a\r\n", UNKNOWN],
  ["A+ a\r\n", UNKNOWN],
  ["\x0bOK\r\n", UNKNOWN],
  ["\x0dERR 'x'\r\n", UNKNOWN],
  ["\x10ING\r\n", UNKNOWN],
  ["PUB\x00a 1\r\nx\r\n", UNKNOWN],
  ["GET / HTTP/1.1\r\n\r\n", UNKNOWN],
  ["\x16\x03\x01\x02\x00", UNKNOWN],
]);

check("limits", [
  [`SUB ${"s".repeat(62)} 1\r\n`, ["subscribe", "s".repeat(62), "", "1"]],
  [`SUB ${"s".repeat(62)} 1\n`, ["subscribe", "s".repeat(62), "", "1"]],
  [`SUB   ${"s".repeat(62)} 1\r\n`, ["subscribe", "s".repeat(62), "", "1"]],
  [`SUB ${"s".repeat(63)} 1\r\n`, LINE_EXCEEDED],
  [`SUB ${"s".repeat(63)} 1\n`, LINE_EXCEEDED],
  [`SUB ${"s".repeat(5000)}`, LINE_EXCEEDED],
  [`SUB ${"s".repeat(64)}\rx`, LINE_EXCEEDED],
  [`PUB ${"s".repeat(62)} 1\r\nx\r\n`, ["publish", "s".repeat(62), "", 0, "x"]],
  [`PUB ${"s".repeat(62)} 1\nx\r\n`, ["publish", "s".repeat(62), "", 0, "x"]],
  [`PUB ${"s".repeat(63)} 1\r\nx\r\n`, LINE_EXCEEDED],
  [`PUB ${"s".repeat(63)} 1\nx\r\n`, LINE_EXCEEDED],
  [`CONNECT {${" ".repeat(62)}}\r\n`, ["connect", `{${" ".repeat(62)}}`]],
  [`CONNECT {${" ".repeat(63)}}\r\n`, LINE_EXCEEDED],
  [`PUB a 200\r\n${"x".repeat(200)}\r\n`, ["publish", "a", "", 0, "x".repeat(200)]],
  ["PUB a 201\r\n", PAYLOAD_EXCEEDED],
  [`PUB a 201\r\n${"x".repeat(201)}\r\n`, PAYLOAD_EXCEEDED],
  [`HPUB a 12 201\r\n${"x".repeat(201)}\r\n`, PAYLOAD_EXCEEDED],
  ["PUB a 999999999\r\n", PAYLOAD_EXCEEDED],
  ["HPUB a 12 201\r\n", PAYLOAD_EXCEEDED],
  ["HPUB a 202 201\r\n", MALFORMED],
]);

test("an error is reported as soon as the byte that makes it is there", () => {
  for (const [input, error] of [
    ["PUX", UNKNOWN],
    ["PUB a 2\r\nhix", UNKNOWN],
    ["PUB a 201\n", PAYLOAD_EXCEEDED],
    [`SUB ${"s".repeat(65)}`, LINE_EXCEEDED],
  ] as const) {
    assert.deepEqual(clientCalls(input), [error]);
    assert.deepEqual(clientCalls(input, [1]), [error]);
    assert.deepEqual(clientCalls(input.slice(0, -1), [1]), []);
  }
});

test("nothing is reported after an error", () => {
  const recorder = new ClientRecorder();
  const parser = new ClientParser(recorder, SMALL_LIMITS);
  parser.parse(Buffer.from("PING\r\nFOO\r\nPING\r\n"));
  parser.parse(Buffer.from("PING\r\n"));
  assert.deepEqual(recorder.calls, [["ping"], UNKNOWN]);
  assert.equal(parser.bufferedBytes, 0);
});

test("a handler can stop the parser in the middle of a chunk", () => {
  for (const sizes of [[], [1], [5]]) {
    const recorder = new ClientRecorder();
    const parser = new ClientParser(recorder, SMALL_LIMITS);
    recorder.onCall = (call) => {
      if (call[0] === "publish") parser.stop();
    };
    feed(parser, "PING\r\nPUB a 2\r\nhi\r\nPING\r\nPUB b 2\r\n", sizes);
    assert.deepEqual(recorder.calls, [["ping"], ["publish", "a", "", 0, "hi"]]);
    assert.equal(parser.bufferedBytes, 0);
  }
});

test("while CONNECT is required anything else is refused at its first byte", () => {
  for (const sizes of [[], [1]]) {
    const recorder = new ClientRecorder();
    const parser = new ClientParser(recorder, SMALL_LIMITS);
    parser.connectRequired = true;
    recorder.onCall = (call) => {
      if (call[0] === "connect") parser.connectRequired = false;
    };
    feed(parser, "connect {}\r\nPING\r\n", sizes);
    assert.deepEqual(recorder.calls, [["connect", "{}"], ["ping"]]);
  }
  for (const input of ["P", "\r", "FOO\r\n"]) {
    const recorder = new ClientRecorder();
    const parser = new ClientParser(recorder, SMALL_LIMITS);
    parser.connectRequired = true;
    feed(parser, input);
    assert.deepEqual(recorder.calls, [["error", "connect-required"]]);
  }
});

test("HPUB is malformed while headers are not allowed, before its payload", () => {
  for (const sizes of [[], [1]]) {
    const recorder = new ClientRecorder();
    const parser = new ClientParser(recorder, SMALL_LIMITS);
    parser.headersAllowed = false;
    feed(parser, "PUB a 1\r\nx\r\nHPUB a 12 14\r\n", sizes);
    assert.deepEqual(recorder.calls, [["publish", "a", "", 0, "x"], MALFORMED]);
  }
});

test("limits can be changed between operations", () => {
  const recorder = new ClientRecorder();
  const parser = new ClientParser(recorder, SMALL_LIMITS);
  feed(parser, `PUB a 200\r\n${"x".repeat(200)}\r\n`);
  parser.payloadMax = 10;
  parser.controlLineMax = 4096;
  feed(parser, `SUB ${"s".repeat(4000)} 1\r\n`, [100]);
  feed(parser, "PUB a 11\r\n");
  assert.deepEqual(
    recorder.calls.map((call) => call[0]),
    ["publish", "subscribe", "error"],
  );
});

test("a limit lowered in the middle of a line applies to it", () => {
  const recorder = new ClientRecorder();
  const parser = new ClientParser(recorder, SMALL_LIMITS);
  feed(parser, `SUB ${"s".repeat(40)}`);
  parser.controlLineMax = 20;
  feed(parser, "s");
  assert.deepEqual(recorder.calls, [LINE_EXCEEDED]);
});

test("an unfinished operation is held, and nothing else", () => {
  const parser = new ClientParser(new ClientRecorder(), SMALL_LIMITS);
  const held = (input: string): number => {
    feed(parser, input);
    return parser.bufferedBytes;
  };
  assert.equal(held("PING\r\n"), 0);
  assert.equal(held("PUB     "), 4);
  assert.equal(held("         a 1"), 7);
  assert.equal(held("00\r\n12345"), 16);
  assert.equal(held(`${"x".repeat(95)}\r\nPI`), 2);
  assert.equal(held("NG"), 4);
  assert.equal(held("x".repeat(10_000)), 4);
  assert.equal(held("\n"), 0);
});

test("a large payload is delivered whole, in one buffer", () => {
  const recorder = new ClientRecorder();
  const limits = { controlLineMax: 4096, payloadMax: 8 * 1024 * 1024 };
  const parser = new ClientParser(recorder, limits);
  const payload = Buffer.alloc(3 * 1024 * 1024, "0123456789abcdef");
  const input = Buffer.concat([
    Buffer.from(`PUB big ${payload.length}\r\n`),
    payload,
    Buffer.from("\r\nPING\r\n"),
  ]);
  feed(parser, input, [65_536]);
  assert.equal(recorder.calls.length, 2);
  assert.equal(recorder.calls[0]![4], payload.toString("latin1"));
});

suite("a suspended parser", () => {
  const input = "PING\r\nCONNECT {}\r\nSUB a 1\r\nPUB a 2\r\nhi\r\nCONNECT {}\r\nPONG\r\n";

  test("reads nothing behind the operation, and says where it ended", () => {
    for (let size = 1; size <= input.length; size++) {
      const recorder = new ClientRecorder();
      const parser = new ClientParser(recorder, SMALL_LIMITS);
      let suspendedCount = 0;
      recorder.onCall = ([name]) => {
        if (name === "connect") parser.suspend();
      };
      for (let start = 0; start < input.length; start += size) {
        let rest = Buffer.from(input.slice(start, start + size));
        while (rest.length > 0) {
          const before = recorder.calls.length;
          const at = parser.parse(rest);
          const connects = recorder.calls.slice(before).filter(([name]) => name === "connect");
          assert.ok(connects.length <= 1);
          assert.ok(connects.length === 0 || recorder.calls.at(-1)?.[0] === "connect");
          if (at < rest.length) suspendedCount++;
          rest = rest.subarray(at);
        }
      }
      assert.deepEqual(recorder.calls, clientCalls(input), `chunks of ${size}`);
      if (size === input.length) assert.equal(suspendedCount, 2);
    }
  });

  test("stays stopped if it was stopped", () => {
    const recorder = new ClientRecorder();
    const parser = new ClientParser(recorder, SMALL_LIMITS);
    recorder.onCall = () => {
      parser.suspend();
      parser.stop();
      parser.suspend();
    };
    assert.equal(parser.parse(Buffer.from(input)), input.length);
    assert.equal(parser.parse(Buffer.from(input)), input.length);
    assert.deepEqual(recorder.calls, [["ping"]]);
  });
});

suite("an operation before CONNECT", () => {
  test("is taken if the handler admits it, and then all others are", () => {
    const recorder = new ClientRecorder();
    let askedCount = 0;
    const handler = Object.assign(recorder, {
      onEarlyOperation: (): boolean => {
        askedCount++;
        return true;
      },
    });
    const parser = new ClientParser(handler, SMALL_LIMITS);
    parser.connectRequired = true;
    feed(parser, "PING\r\nPONG\r\n", [1]);
    assert.deepEqual(recorder.calls, [["ping"], ["pong"]]);
    assert.equal(askedCount, 1);
    assert.equal(parser.connectRequired, false);
  });

  test("is refused if the handler does not admit it", () => {
    const recorder = new ClientRecorder();
    const handler = Object.assign(recorder, { onEarlyOperation: (): boolean => false });
    const parser = new ClientParser(handler, SMALL_LIMITS);
    parser.connectRequired = true;
    feed(parser, "PING\r\nPING\r\n");
    assert.deepEqual(recorder.calls, [["error", "connect-required"]]);
  });
});
