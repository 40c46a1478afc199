import assert from "node:assert/strict";
import { test } from "node:test";
import { redactArguments } from "../../src/nats-server/command-line/redact-arguments.ts";

test("class H (NATS 2026-14): arguments are shown without secrets, however they were given", () => {
  const cases: readonly [given: string, shown: string][] = [
    ["-p 4222 -js", "-p 4222 -js"],
    ["--user canary --pass canary", "--user [REDACTED] --pass [REDACTED]"],
    ["-user=canary --auth=canary", "-user=[REDACTED] --auth=[REDACTED]"],
    ["--auth canary -m 8222", "--auth [REDACTED] -m 8222"],
    ["--routes nats://canary:canary@a:1,nats://b:2", "--routes nats://[REDACTED]@a:1,nats://b:2"],
    ["-cluster=nats://canary@a:1", "-cluster=nats://[REDACTED]@a:1"],
    ["-c /etc/user.conf", "-c /etc/user.conf"],
  ];
  for (const [given, shown] of cases) {
    assert.equal(redactArguments(given.split(" ")).join(" "), shown);
  }
});
