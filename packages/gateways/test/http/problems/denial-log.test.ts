import assert from "node:assert/strict";
import { test } from "node:test";
import type { Logger } from "@oxbow/base";
import { StandingClock } from "@oxbow/testkit/clock";
import type { FastifyRequest } from "fastify";
import { httpError } from "../../../src/http/errors.ts";
import { DenialLog, denialLinesMax } from "../../../src/http/problems/denial-log.ts";

test("who is refused is written down: from where, for what, and not with what (ASVS 16.3.1, 16.3.2)", () => {
  const clock = new StandingClock();
  const lines: object[] = [];
  const logger = { warn: (fields: object) => lines.push(fields) } as unknown as Logger;
  const log = new DenialLog(clock, logger);
  const socket = { remoteAddress: "10.0.0.1" };
  const request = { method: "GET", url: "/api/v1/x?token=secret", socket };
  const tell = (code: "LOGIN_FAILED" | "PATH_NOT_FOUND"): void =>
    log.tell(request as unknown as FastifyRequest, httpError(code, "no"));
  tell("LOGIN_FAILED");
  tell("PATH_NOT_FOUND");
  const { address, path, code } = lines[0] as Readonly<Record<string, string>>;
  assert.deepEqual([address, path, code], ["10.0.0.1", "/api/v1/x", "LOGIN_FAILED"]);
  assert.equal(lines.length, 1);
  for (let i = 0; i < 3 * denialLinesMax; i++) tell("LOGIN_FAILED");
  assert.equal(lines.length, denialLinesMax);
  clock.advance(1_000);
  tell("LOGIN_FAILED");
  assert.deepEqual(lines[denialLinesMax], { requests: 2 * denialLinesMax + 1 });
});
