import assert from "node:assert/strict";
import { test } from "node:test";
import type { Notice } from "oxbow/control";
import { noticeOf, readNotice } from "../../src/notifications/outbox/notice.ts";
import { duration, quotaFills } from "../../src/notifications/rules/findings.ts";
import { RateLimiter } from "../../src/notifications/send/rate-limiter.ts";
import { retryDelayMs } from "../../src/notifications/send/retry-delay.ts";
import { mailText, slackBody, webhookBody } from "../../src/notifications/send/texts.ts";

const notice: Notice = noticeOf({
  identity: ["a", 1],
  atMs: Date.parse("2026-01-01T00:00:00Z"),
  rule: "rule",
  when: "deadLetter",
  state: "event",
  station: "orders",
  group: null,
  count: 1,
  title: "<!channel> & all\nof them",
  text: "x".repeat(2_000),
});

test("a notice has an id of what it is made of, one line as its title, and bounded texts", () => {
  assert.match(notice.id, /^[A-Za-z0-9_-]{22}$/);
  assert.equal(notice.title, "<!channel> & all of them");
  assert.equal(notice.text.length, 1_000);
  assert.deepEqual(readNotice(JSON.stringify(notice)), notice);
  assert.equal(readNotice("{}"), undefined);
  assert.equal(readNotice("nonsense"), undefined);
});

test("nothing in a notice means anything to Slack", () => {
  const { text } = JSON.parse(slackBody(notice)) as { readonly text: string };
  assert.match(text, /^:warning: \*&lt;!channel&gt; &amp; all of them\*\n/);
  const fine = JSON.parse(slackBody({ ...notice, state: "recovered", text: "" })) as typeof notice;
  assert.match(fine.text, /^:white_check_mark: [^\n]*$/);
});

test("a webhook gets type, time and data; a mail its lines", () => {
  const body = JSON.parse(webhookBody(notice)) as Record<string, unknown>;
  assert.deepEqual(body, { type: "oxbow.deadLetter.event", timestamp: notice.at, data: notice });
  assert.match(mailText(notice), /\nstation: orders\nrule: rule\n/);
});

test("what fails is tried later and later, up to an hour", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 100].map((attempts) => retryDelayMs(attempts, 0.5));
  assert.deepEqual(
    delays,
    [5, 30, 120, 300, 600, 1_800, 3_600, 3_600].map((seconds) => seconds * 1_000),
  );
  assert.ok(retryDelayMs(1, 0) < 5_000 && retryDelayMs(1, 1) > 5_000);
  assert.equal(retryDelayMs(1, 0.5, 60_000), 60_000);
  assert.ok(retryDelayMs(9, 1) <= 3_600_000);
});

test("there are so many in any minute", () => {
  const limiter = new RateLimiter();
  assert.deepEqual(
    [0, 10, 20].map((at) => limiter.take(3, at)),
    [0, 0, 0],
  );
  assert.equal(limiter.take(3, 30), 59_970);
  assert.equal(limiter.take(3, 59_999), 1);
  assert.equal(limiter.take(3, 60_000), 0);
  assert.equal(limiter.take(3, 60_001), 9);
  assert.equal(limiter.take(10, 60_002), 0);
});

test("times are told in their two largest units", () => {
  const texts = [0, 999, 61_000, 3_600_000, 90_061_000].map(duration);
  assert.deepEqual(texts, [
    "less than a second",
    "less than a second",
    "1 min 1 s",
    "1 h",
    "1 d 1 h",
  ]);
});

test("only quotas that there are can be full", () => {
  const limits = { max_memory: -1, max_storage: 100, max_streams: 0, max_consumers: 5 };
  const used = { memory: 9, storage: 90, streams: 1, consumers: 2, limits };
  const fills = quotaFills(used as unknown as Parameters<typeof quotaFills>[0]);
  assert.deepEqual(
    fills.map(({ key, used: count, max }) => [key, count, max]),
    [
      ["storage", 90, 100],
      ["consumers", 2, 5],
    ],
  );
});
