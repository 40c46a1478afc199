import assert from "node:assert/strict";
import { test } from "node:test";
import type { GateFinding, PublishGate } from "@oxbow/base";
import {
  compileSchema,
  compileStationGate,
  type GateMode,
  makeReservedGate,
  type SchemaDefinition,
  type StationPolicy,
} from "@oxbow/gate";
import fc from "fast-check";
import { TestMessage, TestRoom } from "./message.ts";

const definition: SchemaDefinition = {
  format: "json",
  text: '{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]}',
};
const room = new TestRoom();

class Clock {
  atMs = 1_700_000_000_000;

  nowMs(): number {
    return this.atMs;
  }
}

function gateOf(policy: Partial<StationPolicy>, clock = new Clock()): PublishGate {
  const full = { station: "prod.payments", token: "prod#payments", partitions: 1, ...policy };
  const gate = compileStationGate(full, clock);
  assert.ok(gate !== undefined);
  return gate;
}

function schema(mode: GateMode): StationPolicy["schema"] {
  return { name: "payment", version: 3, mode, compiled: compileSchema(definition) };
}

const judge = (gate: PublishGate, message: TestMessage): GateFinding | undefined =>
  gate.judge(message, room);
const good = '{"id":1}';
const bad = '{"id":"one"}';
const text =
  "message refused by the schema payment v3 of station prod.payments: /id: must be integer (type)";
const deadLetter = {
  subject: "$OXBOW.DL.prod#payments.gate",
  headers: [
    ["Oxbow-Subject", "prod#payments.eu"],
    ["Oxbow-Error", text],
    ["Oxbow-Station", "prod.payments"],
    ["Oxbow-Rule", "type"],
    ["Oxbow-Path", "/id"],
    ["Oxbow-Schema", "payment"],
    ["Oxbow-Schema-Version", "3"],
  ],
};

test("a station that demands nothing has no gate", () => {
  const policy = { station: "s", token: "s", partitions: 1 };
  assert.equal(compileStationGate(policy, new Clock()), undefined);
  // The subjects of a plain client's stream are what they are.
  const plain = { ...policy, partitions: 2, subjects: ["a.*"] };
  assert.equal(compileStationGate(plain, new Clock()), undefined);
});

test("what fits is let in as it is, what does not is refused with the place and the rule", () => {
  const gate = gateOf({ schema: schema("enforce") });
  assert.deepEqual(gate.subjects, ["prod#payments", "prod#payments.>"]);
  const message = new TestMessage("prod#payments.eu", good, ["A: b"]);
  const body = message.body;
  assert.equal(judge(gate, message), undefined);
  assert.deepEqual([message.subject, message.body], ["prod#payments.eu", body]);
  assert.deepEqual(judge(gate, new TestMessage("prod#payments.eu", bad, ["A: b"])), {
    t: "refused",
    text,
    deadLetter,
  });
});

test("a publisher with a name is named in the dead letter", () => {
  const gate = gateOf({ schema: schema("enforce") });
  const finding = judge(gate, new TestMessage("prod#payments", bad, [], "billing"));
  assert.ok(finding?.t === "refused");
  assert.deepEqual(finding.deadLetter?.headers.at(-1), ["Oxbow-Client", "billing"]);
});

test("what does not fit may become a dead letter instead", () => {
  const gate = gateOf({ schema: schema("divert") });
  assert.deepEqual(judge(gate, new TestMessage("prod#payments.eu", bad)), {
    t: "diverted",
    text,
    deadLetter,
  });
});

test("where refused messages become no dead letters, they are just refused", () => {
  for (const mode of ["enforce", "divert"] as const) {
    const gate = gateOf({ schema: schema(mode), keepsRefused: false, messageBytesMax: 100 });
    const finding = judge(gate, new TestMessage("prod#payments.eu", bad));
    assert.deepEqual(finding, { t: "refused", text, deadLetter: undefined });
    const large = judge(gate, new TestMessage("prod#payments.eu", "x".repeat(101)));
    assert.equal(large?.t === "refused" && large.deadLetter, undefined);
  }
});

test("or is let in and told of, at most once a second, with how many there were", () => {
  const clock = new Clock();
  const gate = gateOf({ schema: schema("warn") }, clock);
  const notice = (message: TestMessage): unknown => {
    const finding = judge(gate, message);
    if (finding === undefined) return undefined;
    assert.ok(finding.t === "noticed");
    assert.equal(finding.subject, "$OXBOW.EVENT.GATE.prod#payments");
    return JSON.parse(finding.body.toString());
  };
  const expected = {
    type: "io.oxbow.gate.v1.warning",
    time: "2023-11-14T22:13:20.000Z",
    station: "prod.payments",
    schema: "payment",
    version: 3,
    subject: "prod#payments.eu",
    client: "billing",
    path: "/id",
    rule: "type",
    error: "must be integer",
    count: 1,
  };
  const wrong = new TestMessage("prod#payments.eu", bad, [], "billing");
  assert.equal(notice(new TestMessage("prod#payments.eu", good)), undefined);
  assert.deepEqual(notice(wrong), expected);
  for (let count = 0; count < 5; count++) assert.equal(notice(wrong), undefined);
  clock.atMs += 1_000;
  assert.deepEqual(notice(wrong), { ...expected, time: "2023-11-14T22:13:21.000Z", count: 6 });
  clock.atMs -= 60_000;
  assert.deepEqual(notice(wrong), { ...expected, time: "2023-11-14T22:12:21.000Z", count: 1 });
});

test("what is too large is refused whatever the mode, headers included", () => {
  for (const mode of ["enforce", "warn", "divert"] as const) {
    const gate = gateOf({ schema: schema(mode), messageBytesMax: 30 });
    assert.equal(judge(gate, new TestMessage("prod#payments", good)), undefined);
    const finding = judge(gate, new TestMessage("prod#payments", good, ["A: bbbbbbbbb"]));
    assert.deepEqual(
      [finding?.t, finding?.t === "refused" && finding.text],
      [
        "refused",
        "message refused by station prod.payments: it has 34 bytes with its headers, and may have 30 (size)",
      ],
    );
  }
});

test("a stream of a plain client is gated under its own subjects", () => {
  const gate = gateOf({ schema: schema("enforce"), subjects: ["legacy.*"], partitions: 1 });
  assert.deepEqual(gate.subjects, ["legacy.*"]);
  assert.equal(judge(gate, new TestMessage("legacy.a", bad))?.t, "refused");
});

test("what the server publishes again to one group is not judged again, what others publish there is", () => {
  const moreSubjects = ["$OXBOW.RS.prod#payments.*.*", "legacy.payments"];
  const gate = gateOf({ schema: schema("enforce"), moreSubjects });
  assert.deepEqual(gate.subjects, ["prod#payments", "prod#payments.>", ...moreSubjects]);
  for (const [subject, isFromProcess, isRefused] of [
    ["$OXBOW.RS.prod#payments.g.1", false, true],
    ["$OXBOW.RS.prod#payments.g.1", true, false],
    ["legacy.payments", true, true],
    ["prod#payments", true, true],
  ] as const) {
    const message = new TestMessage(subject, bad);
    message.isFromProcess = isFromProcess;
    assert.equal(judge(gate, message) !== undefined, isRefused, subject);
  }
  // A subject of as many characters as the station's is not taken for it.
  const parted = gateOf({
    token: "orders",
    partitions: 2,
    moreSubjects: ["$OXBOW.RS.orders$1.*.*"],
  });
  const resent = new TestMessage("$OXBOW.RS.orders$1.g.1", good);
  assert.equal(judge(parted, resent), undefined);
  assert.equal(resent.subject, "$OXBOW.RS.orders$1.g.1");
});

test("what gates say nobody else can say from outside", () => {
  const gate = makeReservedGate(() => undefined);
  assert.deepEqual(gate.subjects, ["$OXBOW.DL.*.gate", "$OXBOW.EVENT.GATE.*"]);
  const message = new TestMessage("$OXBOW.DL.s.gate");
  assert.deepEqual(judge(gate, message), {
    t: "refused",
    text: "message refused: only the server itself publishes to $OXBOW.DL.*.gate and $OXBOW.EVENT.GATE.*",
    deadLetter: undefined,
  });
  message.isFromProcess = true;
  assert.equal(judge(gate, message), undefined);
});

test("whatever a message is, it is judged", () => {
  const gates = (["enforce", "warn", "divert"] as const).map((mode) =>
    gateOf({ token: "s", station: "s", partitions: 3, schema: schema(mode), messageBytesMax: 200 }),
  );
  const key = fc.oneof(
    fc.constant(""),
    fc.string({ unit: "binary" }).map((rest) => `.${rest}`),
  );
  const header = fc
    .tuple(
      fc.constantFrom("Oxbow-Partition", "Nats-Schedule-Target", "Other"),
      fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom("s", "s.a", "s$1", "1", "3")),
    )
    .map(([name, value]) => `${name}: ${value}`);
  fc.assert(
    fc.property(key, fc.uint8Array(), fc.array(header), (rest, payload, headers) => {
      for (const gate of gates) {
        const message = new TestMessage(`s${rest}`, payload, headers);
        const before = message.payloadEnd - message.payloadStart - message.headersSize;
        const finding = gate.judge(message, room);
        if (finding?.t === "refused" || finding?.t === "diverted") continue;
        assert.match(message.subject, /^s\$[123](?:\.|$)/);
        assert.equal(
          message.subject.slice(3),
          rest.length === 0 ? "" : Buffer.from(rest).toString(),
        );
        assert.equal(message.payloadEnd - message.payloadStart - message.headersSize, before);
      }
    }),
  );
});
