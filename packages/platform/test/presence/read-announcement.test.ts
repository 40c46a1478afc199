import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { announcementSubject } from "oxbow/internal";
import { presenceLimits } from "../../src/presence/presence-limits.ts";
import { readAnnouncement } from "../../src/presence/read-announcement.ts";

const place = { kind: "consumer", station: "prod.orders", group: "billing.eu" } as const;
const whole = {
  version: 1,
  id: "abcdefgh.1",
  name: "billing-1",
  state: "here",
  library: "oxbow",
  libraryVersion: "0.1.0",
  holdsMs: 30_000,
  connectedAt: "2026-11-20T12:00:00.000Z",
  messages: 3,
  bytes: 30,
  lastMessageAt: null,
};
const read = (value: unknown, subject = announcementSubject(place)) =>
  readAnnouncement(subject, Buffer.from(JSON.stringify(value)));

test("reads what is announced, and where", () => {
  const subject = announcementSubject(place);
  assert.equal(subject, "$OXBOW.API.PRESENCE.CONSUMER.prod#orders.billing#eu");
  assert.deepEqual(read({ ...whole, isMore: true }), { place, announcement: whole });
  const producer = { kind: "producer", station: "A#b", group: null } as const;
  assert.equal(announcementSubject(producer), "$OXBOW.API.PRESENCE.PRODUCER.A##b");
  assert.deepEqual(read(whole, announcementSubject(producer))?.place, producer);
});

test("keeps what is said within bounds, and takes counts and times that are none for unknown", () => {
  assert.equal(read({ ...whole, holdsMs: 1 })?.announcement.holdsMs, presenceLimits.holdsMsMin);
  assert.equal(read({ ...whole, holdsMs: 1e12 })?.announcement.holdsMs, presenceLimits.holdsMsMax);
  const odd = { ...whole, messages: -1, bytes: "many", connectedAt: "yesterday" };
  const { messages, bytes, connectedAt } = read(odd)?.announcement ?? {};
  assert.deepEqual([messages, bytes, connectedAt], [null, null, null]);
});

test("refuses what is no announcement", () => {
  for (const bad of [
    { ...whole, version: 2 },
    { ...whole, id: "short" },
    { ...whole, id: "x".repeat(65) },
    { ...whole, name: "" },
    { ...whole, name: "x".repeat(129) },
    { ...whole, name: "two\nlines" },
    { ...whole, name: "turned \u202e around" },
    { ...whole, library: "\u0000" },
    { ...whole, state: "away" },
    { ...whole, holdsMs: null },
    { ...whole, more: "x".repeat(presenceLimits.announcementBytesMax) },
    null,
    [],
    "text",
  ]) {
    assert.equal(read(bad), undefined, JSON.stringify(bad)?.slice(0, 80));
  }
  assert.equal(read(whole, "$OXBOW.API.PRESENCE.PRODUCER.two\u0007"), undefined);
});

test("throws nothing, whatever bytes come", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.string(), (bytes, rest) => {
      readAnnouncement(`$OXBOW.API.PRESENCE.${rest}`, bytes);
    }),
  );
  fc.assert(
    fc.property(fc.object(), (value) => {
      const found = read({ ...whole, ...value });
      assert.ok(found === undefined || found.announcement.name.length <= 128);
    }),
  );
});
