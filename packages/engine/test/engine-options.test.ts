import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultLimits, type EngineOptions, resolveEngineOptions } from "../src/engine-options.ts";

test("everything has a default", () => {
  const options = resolveEngineOptions({});
  assert.deepEqual(options.limits, defaultLimits);
  assert.deepEqual(options.sync, { mode: "always" });
  assert.deepEqual(options.auth, { mode: "none" });
  assert.equal(options.jetstream.enabled, true);
  assert.equal(options.jetstream.memoryBytesMax, -1);
  assert.equal(options.jetstream.storageBytesMax, -1);
  assert.equal(options.systemAccount, "$SYS");
  assert.deepEqual(options.accounts, []);
});

test("what is given replaces its default only", () => {
  const { limits } = resolveEngineOptions({ limits: { payloadMax: 10 } });
  assert.deepEqual(limits, { ...defaultLimits, payloadMax: 10 });
});

test("clients that encrypt have a second more than the handshake to authenticate", () => {
  const certificates = [{ certificate: "", key: "" }];
  const { limits } = resolveEngineOptions({ tls: { certificates, timeoutMs: 0.1 } });
  assert.equal(limits.authTimeoutMs, 1_001);
});

/** Options that are refused, and what the error has to name. */
const refused: readonly [EngineOptions, RegExp][] = [
  [{ limits: { payloadMax: -1 } }, /limits\.payloadMax/],
  [{ limits: { payloadMax: 2 ** 30 } }, /limits\.payloadMax/],
  [{ limits: { payloadMax: 1.5 } }, /limits\.payloadMax/],
  [{ limits: { payloadMax: 100, pendingBytesMax: 99 } }, /limits\.pendingBytesMax/],
  [{ limits: { controlLineMax: 10 } }, /limits\.controlLineMax/],
  [{ limits: { pingIntervalMs: 0 } }, /limits\.pingIntervalMs/],
  [{ sync: { mode: "interval", intervalMs: 0 } }, /sync\.intervalMs/],
  [{ listen: { host: "127.0.0.1", port: 65_536 } }, /listen\.port/],
  [{ jetstream: { memoryBytesMax: -2 } }, /jetstream\.memoryBytesMax/],
  [{ jetstream: { bufferedMessagesMax: -1 } }, /jetstream\.bufferedMessagesMax/],
  [{ jetstream: { fastBatch: { perStreamMax: 0, totalMax: 1 } } }, /jetstream\.fastBatch\.perStr/],
];

for (const [options, message] of refused) {
  test(`refused: ${JSON.stringify(options)}`, () => {
    assert.throws(() => resolveEngineOptions(options), { code: "ENGINE_OPTION_INVALID", message });
  });
}
