import assert from "node:assert/strict";
import { test } from "node:test";
import {
  namesInSubject,
  operationNames,
  operations,
  subjectOf,
  subjectPattern,
} from "oxbow/control";

test("names in subjects come back as they were", () => {
  for (const station of ["orders", "prod.orders", "a.b.c", "ORDERS", "a#b", "x_y-z"]) {
    const names = { station, group: "billing.eu" };
    const subject = subjectOf("group.rewind", names);
    assert.equal(subject.split(".").length, 6, subject);
    assert.deepEqual(namesInSubject("group.rewind", subject), names);
  }
  assert.equal(
    subjectOf("station.get", { station: "prod.orders" }),
    "$OXBOW.API.STATION.GET.prod#orders",
  );
  assert.equal(subjectOf("station.list", {}), "$OXBOW.API.STATION.LIST");
  assert.deepEqual(namesInSubject("station.list", "$OXBOW.API.STATION.LIST"), {});
});

test("a name that would be more than a token is refused", () => {
  for (const station of ["", "*", "a.>", "a b", "a\r\nPUB x 0"]) {
    assert.throws(() => subjectOf("station.get", { station }), { code: "API_REQUEST_INVALID" });
  }
});

test("every operation has a subject of its own", () => {
  const patterns = operationNames.map(subjectPattern);
  assert.equal(new Set(patterns).size, patterns.length);
  for (const name of operationNames) {
    const { subject, summary } = operations[name];
    assert.match(subject, /^[A-Z]+\.[A-Z_]+$/);
    assert.match(summary, /^[a-z].*[^.]$/);
  }
  assert.equal(subjectPattern("group.get"), "$OXBOW.API.GROUP.GET.*.*");
});
