import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { samplingHeaders } from "../../src/routing/latency-sampling.ts";
import { MessageView } from "../../src/routing/message.ts";
import { readRequestInfo } from "../../src/routing/request-info.ts";
import { mayBeTraced, readTraceRequest } from "../../src/routing/trace/trace-headers.ts";

function withHeaders(block: Buffer): MessageView {
  const view = new MessageView();
  view.setPayload(block, 0, block.length, block.length);
  return view;
}

function headers(entries: Readonly<Record<string, string>>): MessageView {
  const lines = Object.entries(entries).map(([name, value]) => `${name}: ${value}\r\n`);
  return withHeaders(Buffer.from(`NATS/1.0\r\n${lines.join("")}\r\n`));
}

test("headers of tracers decide whether a request is measured, as in nats-server", () => {
  const trace = "80f198ee56343ba864fe8b2a57d3eff7";
  const rows: [entries: Record<string, string>, isSampled: boolean][] = [
    [{}, false],
    [{ "Uber-Trace-Id": "0:0:0:0" }, false],
    [{ "Uber-Trace-Id": "0:0:0:00" }, false],
    [{ "Uber-Trace-Id": "0:0:0:1" }, true],
    [{ "Uber-Trace-Id": "0:0:0:01" }, true],
    [{ "uber-trace-id": "0:0:0:5" }, true],
    [{ "Uber-Trace-Id": "479fefe9525eddb:5adb976bfc1f95c1:479fefe9525eddb:1" }, true],
    [{ "Uber-Trace-Id": "479fefe9525eddb:5adb976bfc1f95c1:479fefe9525eddb:0" }, false],
    [{ "Uber-Trace-Id": "1:1" }, false],
    [{ "X-B3-Sampled": "1" }, true],
    [{ "X-B3-Sampled": "0" }, false],
    [{ "X-B3-TraceId": trace }, true],
    [{ "X-B3-TraceId": trace, "X-B3-Sampled": "0" }, false],
    [{ "X-B3-TraceId": trace, "X-B3-Sampled": "1" }, true],
    [{ B3: "0" }, false],
    [{ B3: "0-0-0-0" }, false],
    [{ B3: "0-0-0" }, false],
    [{ b3: "0-0-1-0" }, true],
    [{ B3: "0-0-1" }, true],
    [{ B3: "0-0-d" }, true],
    [{ B3: `${trace}-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90` }, true],
    [{ B3: `${trace}-e457b5a2e4d86bd1-0-05e3ac9a4f6e3b90` }, false],
    [{ traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" }, true],
    [{ traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-27" }, true],
    [{ traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00" }, false],
    [{ traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-22" }, false],
    [{ traceparent: "01" }, false],
    [{ Other: "1" }, false],
  ];
  for (const [entries, isSampled] of rows) {
    assert.equal(
      samplingHeaders(headers(entries)) !== undefined,
      isSampled,
      JSON.stringify(entries),
    );
  }
});

test("only the headers that belong to the tracer are told", () => {
  const b3 = { "X-B3-Sampled": "1", "X-B3-ParentSpanId": "p", "X-B3-SpanId": "s", Other: "o" };
  assert.deepEqual(samplingHeaders(headers(b3)), {
    "X-B3-Parentspanid": ["p"],
    "X-B3-Sampled": ["1"],
    "X-B3-Spanid": ["s"],
  });
  const uber = { "Uber-Trace-Id": "0:0:0:1", "Uberctx-X": "y", Other: "o" };
  assert.deepEqual(samplingHeaders(headers(uber)), {
    "Uber-Trace-Id": ["0:0:0:1"],
    "Uberctx-X": ["y"],
  });
  const parent = { traceparent: "0-0-0-01", tracestate: "s", Other: "o" };
  assert.deepEqual(samplingHeaders(headers(parent)), {
    Traceparent: ["0-0-0-01"],
    Tracestate: ["s"],
  });
});

test("a look at the headers tells whether a message may be traced", () => {
  const rows: [block: string, isParentHeard: boolean, expected: boolean][] = [
    ["NATS/1.0\r\nNats-Trace-Dest: x\r\n\r\n", false, true],
    ["NATS/1.0\r\nA: b\r\nNats-Trace-Dest:x\r\n\r\n", false, true],
    ["NATS/1.0\r\nnats-trace-dest: x\r\n\r\n", false, false],
    ["NATS/1.0\r\nNats-Trace-Destination: x\r\n\r\n", false, false],
    ["NATS/1.0\r\nA: Nats-Trace-Dest: x\r\n\r\n", false, false],
    ["NATS/1.0\r\nTraceParent: x\r\n\r\n", true, true],
    ["NATS/1.0\r\nTraceParent: x\r\n\r\n", false, false],
    ["NATS/1.0\r\nNats-Trace-Dest", true, false],
  ];
  for (const [text, isParentHeard, expected] of rows) {
    const block = Buffer.from(text);
    assert.equal(mayBeTraced(block, 0, block.length, isParentHeard), expected, text);
  }
});

test("headers of a traced message are told as they are, sorted by name", () => {
  const block = "NATS/1.0\r\nb: 1\r\nNats-Trace-Dest:  t \r\nB: 2\r\nb:3\r\n:x\r\nempty: \r\n\r\n";
  const bytes = Buffer.from(block);
  assert.deepEqual(readTraceRequest(bytes, 0, bytes.length), {
    headers: { B: ["2"], "Nats-Trace-Dest": ["t"], b: ["1", "3"] },
    isExternal: false,
  });
});

test("any bytes are headers, or none", () => {
  const pieces = fc.constantFrom(
    ...'NATS/1.0\r\n|Nats-Trace-Dest: |traceparent: |Nats-Request-Info: |{|"acc":|00-1-2-01|\r\n|:|\r|\n|B3: |Uber-Trace-Id: 1:1:1:1'.split(
      "|",
    ),
  );
  const blocks = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.array(pieces, { maxLength: 12 }).map((parts) => Buffer.from(parts.join(""))),
  );
  fc.assert(
    fc.property(blocks, (block) => {
      const view = withHeaders(block);
      samplingHeaders(view);
      readRequestInfo(view);
      const isTraced = readTraceRequest(block, 0, block.length) !== undefined;
      if (isTraced) assert.ok(mayBeTraced(block, 0, block.length, true));
    }),
    { numRuns: 2_000 },
  );
});
