import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { IngestVerification } from "oxbow/control";
import { faultIn } from "../../../src/http/ingest/verify.ts";

const toleranceMs = 300_000;
const nowMs = 1_800_000_000_000;
const hmac: IngestVerification = {
  kind: "hmac",
  header: "X-Sign",
  algorithm: "sha1",
  encoding: "base64",
  prefix: "",
  timestampHeader: "X-Time",
  toleranceMs,
  idHeader: null,
};
const kinds: readonly IngestVerification[] = [
  { kind: "github" },
  { kind: "stripe", toleranceMs },
  { kind: "slack", toleranceMs },
  { kind: "standard", toleranceMs },
  hmac,
];
const names = [
  ...["x-hub-signature-256", "stripe-signature", "x-slack-signature", "webhook-signature"],
  ...["x-sign", "x-time", "x-slack-request-timestamp", "webhook-timestamp", "webhook-id"],
];
const seconds = String(nowMs / 1_000);
const pieces = ["t=", "v1=", "v0=", "sha256=", "v1,", ",", " ", seconds, "00", "AAAA"];
const value = fc.oneof(
  fc.string(),
  fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join("")),
);

suite("signatures of webhooks", () => {
  test("whatever is written there, it throws nothing and is of nobody who has not the secret", () => {
    const headers = fc.dictionary(fc.constantFrom(...names), value);
    fc.assert(
      fc.property(headers, fc.uint8Array(), fc.constantFrom(...kinds), (given, bytes, verify) => {
        const request = { headers: given, body: Buffer.from(bytes) };
        assert.notEqual(faultIn(request, verify, ["c2VjcmV0IHNlY3JldA=="], nowMs), undefined);
        assert.notEqual(faultIn(request, verify, [], nowMs), undefined);
      }),
    );
  });

  test("a time in seconds or milliseconds is taken as far as it may be away", () => {
    const faultAt = (time: number): string | undefined => {
      const body = Buffer.from("{}");
      const sign = createHmac("sha1", "key").update(`${time}.{}`).digest("base64");
      const headers = { "x-time": String(time), "x-sign": sign };
      return faultIn({ headers, body }, hmac, ["other", "key"], nowMs);
    };
    for (const awayMs of [-toleranceMs, 0, toleranceMs]) {
      assert.equal(faultAt(nowMs + awayMs), undefined);
      assert.equal(faultAt((nowMs + awayMs) / 1_000), undefined);
    }
    assert.match(faultAt(nowMs - toleranceMs - 1) ?? "", /300 s away/);
    assert.match(faultAt(nowMs / 1_000 + toleranceMs / 1_000 + 1) ?? "", /300 s away/);
  });
});
