import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { StandingClock } from "@oxbow/testkit/clock";
import { LoginThrottle } from "../../../src/http/access/login-throttle.ts";
import { httpLimits } from "../../../src/http/limits.ts";

const { loginsFailedMax, loginPauseMs } = httpLimits;

suite("LoginThrottle", () => {
  test("lets somebody try a few times, then once in a while, and anew after a success", () => {
    const clock = new StandingClock();
    const throttle = new LoginThrottle(clock, httpLimits);
    const fail = (): void => {
      throttle.check("192.0.2.1");
      throttle.failed("192.0.2.1");
    };
    for (let i = 0; i < loginsFailedMax; i++) fail();
    assert.throws(fail, { code: "LOGIN_PAUSED" });
    throttle.check("192.0.2.2");
    clock.advance(loginPauseMs);
    fail();
    assert.throws(fail, { code: "LOGIN_PAUSED" });
    clock.advance(loginPauseMs);
    throttle.succeeded("192.0.2.1");
    for (let i = 0; i < loginsFailedMax; i++) fail();
  });

  test("takes a network of IPv6 for one address", () => {
    const throttle = new LoginThrottle(new StandingClock(), httpLimits);
    for (let i = 0; i < loginsFailedMax; i++) throttle.failed(`2001:db8:1:2::${i}`);
    assert.throws(() => throttle.check("2001:db8:1:2:ffff::1"), { code: "LOGIN_PAUSED" });
    throttle.check("2001:db8:1:3::1");
  });

  test("remembers a bounded number of addresses, those that have failed last", () => {
    const throttle = new LoginThrottle(new StandingClock(), httpLimits);
    const failAll = (address: string): void => {
      for (let i = 0; i < loginsFailedMax; i++) throttle.failed(address);
    };
    failAll("192.0.2.1");
    for (let i = 0; i < 9_999; i++) throttle.failed(`10.0.${i >> 8}.${i & 255}`);
    assert.throws(() => throttle.check("192.0.2.1"), { code: "LOGIN_PAUSED" });
    throttle.failed("198.51.100.1");
    throttle.check("192.0.2.1");
  });

  test("tells what has failed", () => {
    const throttle = new LoginThrottle(new StandingClock(), httpLimits, "tries of that have");
    for (let i = 0; i < loginsFailedMax; i++) throttle.failed("192.0.2.1");
    assert.throws(() => throttle.check("192.0.2.1"), { message: /too many tries of that have/ });
  });
});
