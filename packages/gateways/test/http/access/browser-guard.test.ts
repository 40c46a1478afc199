import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  checkLoopbackHost,
  checkOrigin,
  isOfBrowser,
  type RequestOrigin,
} from "../../../src/http/access/browser-guard.ts";

const program: RequestOrigin = {
  method: "POST",
  host: "127.0.0.1:9000",
  protocol: "http",
  origin: undefined,
  fetchSite: undefined,
  fetchMode: undefined,
};

suite("the guard against pages of others", () => {
  test("lets in programs, the own console, and visits", () => {
    checkOrigin(program);
    checkOrigin({ ...program, origin: "http://127.0.0.1:9000", fetchSite: "same-origin" });
    checkOrigin({ ...program, fetchSite: "none" });
    const visit = { ...program, method: "GET", fetchSite: "cross-site", fetchMode: "navigate" };
    checkOrigin(visit);
    assert.ok(!isOfBrowser(program) && isOfBrowser(visit));
  });

  for (const [what, request] of Object.entries({
    "another site": { fetchSite: "cross-site" },
    "another subdomain": { fetchSite: "same-site" },
    "another origin": { origin: "https://evil.example" },
    "another port of this machine": { origin: "http://127.0.0.1:8080" },
    "a sandboxed page": { origin: "null" },
    "a form of another site": { fetchSite: "cross-site", fetchMode: "navigate" },
  })) {
    test(`keeps out ${what}`, () => {
      assert.throws(() => checkOrigin({ ...program, ...request }), { code: "ORIGIN_DENIED" });
    });
  }

  test("knows the names of this machine", () => {
    const own = [
      "localhost",
      "localhost:9000",
      "127.0.0.1",
      "127.1.2.3:80",
      "[::1]:9000",
      "a.localhost",
    ];
    for (const host of own) checkLoopbackHost(host);
    const others = [
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "10.0.0.1",
      "",
      undefined,
    ];
    for (const host of others) {
      assert.throws(() => checkLoopbackHost(host), { code: "HOST_DENIED" }, host);
    }
  });
});
