import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ConsumerConfig } from "../../../src/jetstream/config/consumer-config.ts";
import { checkConsumerCreate } from "../../../src/jetstream/config/consumer-requests.ts";
import { unlimited } from "../../../src/jetstream/config/limits.ts";
import {
  checkPullRequest,
  type PullRefusal,
  type PullRequest,
  parsePullRequest,
} from "../../../src/jetstream/config/pull-request.ts";
import { checkStreamCreate } from "../../../src/jetstream/config/stream-requests.ts";

function parse(body: string): PullRequest | PullRefusal {
  const bytes = Buffer.from(`??${body}??`);
  return parsePullRequest(bytes, 2, bytes.length - 2);
}

const oneMessage = parse("");
const object = { ...oneMessage, isObject: true };

test("no body asks for one message", () => {
  assert.deepEqual(oneMessage, {
    kind: "request",
    isObject: false,
    batch: 1,
    expiresMs: 0,
    noWait: false,
    maxBytes: 0,
    heartbeatMs: 0,
    group: "",
    minPending: 0,
    minAckPending: 0,
    id: "",
    priority: 0,
  });
});

test("a number asks for that many, and what is neither for one", () => {
  for (const [body, batch] of Object.entries({
    "5": 5,
    " 7\n": 7,
    "+3": 3,
    "-2": -2,
    x: 1,
    "[]": 1,
    "1.5": 1,
  })) {
    assert.deepEqual(parse(body), { ...oneMessage, batch }, body);
  }
});

test("objects are read however they are written", () => {
  const expected = {
    ...object,
    batch: 10,
    expiresMs: 1500.5,
    noWait: true,
    maxBytes: 7,
    heartbeatMs: 100,
  };
  const bodies = [
    '{"batch":10,"expires":1500500000,"no_wait":true,"max_bytes":7,"idle_heartbeat":100000000}',
    '{"expires":1500500000,"idle_heartbeat":100000000,"max_bytes":7,"no_wait":true,"batch":10}',
    ' { "batch": 10, "expires": 1500500000, "no_wait": true, "max_bytes": 7, "idle_heartbeat": 100000000 } ',
    '{"BATCH":10,"expires":1500500000,"No_Wait":true,"max_bytes":7,"idle_heartbeat":100000000,"x":{}}',
  ];
  for (const body of bodies) assert.deepEqual(parse(body), expected, body);
  assert.deepEqual(parse("{}"), { ...object, batch: 0 });
  assert.deepEqual(
    parse('{"batch":2,"group":"g","id":"i","min_pending":1,"min_ack_pending":2,"priority":3}'),
    {
      ...object,
      batch: 2,
      group: "g",
      id: "i",
      minPending: 1,
      minAckPending: 2,
      priority: 3,
    },
  );
  assert.deepEqual(parse('{"expires":9223372036854775807}'), {
    ...object,
    batch: 0,
    expiresMs: 9223372036854.775,
  });
});

test("bad objects are refused in the words of nats-server", () => {
  const refusals = {
    "{": "unexpected end of JSON input",
    '{"batch"': "unexpected end of JSON input",
    "{}x": "invalid character 'x' after top-level value",
    '{"batch":01}': "invalid character '1' after object key:value pair",
    '{"batch":truex}': "invalid character 'x' after object key:value pair",
    '{"batch":"x"}':
      "json: cannot unmarshal string into Go struct field JSApiConsumerGetNextRequest.batch of type int",
    '{"batch":true}':
      "json: cannot unmarshal bool into Go struct field JSApiConsumerGetNextRequest.batch of type int",
    '{"no_wait":1}':
      "json: cannot unmarshal number into Go struct field JSApiConsumerGetNextRequest.no_wait of type bool",
    '{"batch":1.0}':
      "json: cannot unmarshal number 1.0 into Go struct field JSApiConsumerGetNextRequest.batch of type int",
    '{"min_pending":"x"}':
      "json: cannot unmarshal string into Go struct field JSApiConsumerGetNextRequest.PriorityGroup.min_pending of type int64",
    '{"batch":1,"idle_heartbeat":1}': "heartbeat value too large",
    '{"batch":1,"expires":300,"idle_heartbeat":200}': "heartbeat value too large",
  };
  for (const [body, why] of Object.entries(refusals)) {
    const refusal = { kind: "refusal", status: 400, description: `Bad Request - ${why}` };
    assert.deepEqual(parse(body), refusal, body);
  }
});

const member = fc.oneof(
  fc.tuple(fc.constantFrom("batch", "expires", "max_bytes", "idle_heartbeat"), fc.nat()),
  fc.tuple(fc.constant("no_wait"), fc.boolean()),
  fc.tuple(fc.constantFrom("x", "batch", "no_wait"), fc.jsonValue()),
);

test("the short way to read an object agrees with the long one", () => {
  fc.assert(
    fc.property(fc.array(member, { maxLength: 4 }), (members) => {
      const inner = members.map(([key, value]) => `"${key}":${JSON.stringify(value)}`).join(",");
      assert.deepEqual(parse(`{${inner}}`), parse(`{ ${inner}}`));
    }),
  );
});

test("any bytes are read without harm", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const body = Buffer.from([0x7b, ...bytes]);
      assert.match(parsePullRequest(body, 0, body.length).kind, /^(request|refusal)$/);
    }),
  );
});

function consumer(config: object): ConsumerConfig {
  const stream = checkStreamCreate({
    request: Buffer.from('{"name":"S"}'),
    subjectName: "S",
    limits: unlimited,
    usage: { streamCount: 0, memoryReserved: 0, storageReserved: 0 },
    current: undefined,
  });
  const decided = checkConsumerCreate({
    request: Buffer.from(JSON.stringify({ stream_name: "S", config })),
    subject: { api: "create", stream: "S", consumer: "c", filter: "" },
    limits: unlimited,
    stream: stream.ok ? stream.value : undefined,
    consumerCount: 0,
    find: () => undefined,
    randomSuffix: () => "RANDOMLY",
    hasInterest: () => false,
    consumers: [],
  });
  if (!decided.ok) assert.fail(decided.error.description);
  return decided.value.config;
}

test("a request must keep to what the consumer allows", () => {
  const strict = consumer({ max_batch: 5, max_expires: 60e9, max_bytes: 100 });
  const check = (body: string, config = strict): string | undefined => {
    const request = parse(body);
    assert.equal(request.kind, "request");
    return request.kind === "request" ? checkPullRequest(request, config)?.description : undefined;
  };
  assert.equal(check('{"batch":5,"expires":60000000000,"max_bytes":100}'), undefined);
  assert.equal(check('{"batch":6}'), "Exceeded MaxRequestBatch of 5");
  assert.equal(check('{"batch":1,"expires":60000000001}'), "Exceeded MaxRequestExpires of 1m0s");
  assert.equal(check('{"batch":1,"max_bytes":101}'), "Exceeded MaxRequestMaxBytes of 100");
  assert.equal(check('{"batch":1000,"max_bytes":1000}', consumer({})), undefined);
  assert.equal(check('{"min_pending":1}'), "Bad Request - Not a Overflow Priority consumer");
  assert.equal(check('{"id":"x"}'), "Bad Request - Not a Pinned Client Priority consumer");
  assert.equal(check('{"priority":10}'), "Bad Request - Priority must be between 0 and 9");
});
