import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OriginRule } from "../../src/doors/origin-rule.ts";
import { readUpgrade, type Upgrade, type UpgradeRefusal } from "../../src/doors/upgrade.ts";
import type { WebSocketOptions } from "../../src/options/transports.ts";

const address = { host: "127.0.0.1", port: 0 };

const good: Readonly<Record<string, string | undefined>> = {
  host: "nats.example:8080",
  upgrade: "websocket",
  connection: "keep-alive, Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

/** What becomes of a good request with some headers changed. */
function upgrade(
  headers: Readonly<Record<string, string | undefined>> = {},
  options: Partial<WebSocketOptions> = {},
  request: { method?: string; target?: string } = {},
): Upgrade | UpgradeRefusal {
  const all = { ...address, ...options };
  const asked = { method: "GET", target: "/", ...request, headers: { ...good, ...headers } };
  return readUpgrade(asked, all, new OriginRule(all));
}

function statusOf(result: Upgrade | UpgradeRefusal): number | undefined {
  return "status" in result ? result.status : undefined;
}

test("class B (NATS 2026-27): paths of protocols that are off lead nowhere, whatever else is asked", () => {
  for (const target of ["/mqtt", "/a/mqtt", "/mqtt?x", "/leafnode", "/leafnode#x"]) {
    assert.equal(statusOf(upgrade({}, {}, { target })), 404, target);
  }
});

test("requests are refused with the statuses of nats-server, the first fault first", () => {
  assert.equal(statusOf(upgrade()), undefined);
  assert.equal(statusOf(upgrade({}, {}, { target: "/any/path?x=/mqtt" })), undefined);
  for (const [result, status, reason] of [
    [upgrade({}, {}, { method: "POST", target: "/mqtt" }), 404, /mqtt/],
    [upgrade({}, {}, { target: "/a/leafnode?b" }), 404, /leafnode/],
    [upgrade({ host: undefined }, {}, { method: "POST" }), 405, /must be GET/],
    [upgrade({ host: undefined, upgrade: "x" }), 400, /'Host' missing/],
    [upgrade({ upgrade: "h2c" }), 400, /'Upgrade'/],
    [upgrade({ upgrade: undefined }), 400, /'Upgrade'/],
    [upgrade({ connection: "close" }), 400, /'Connection'/],
    [upgrade({ "sec-websocket-key": undefined }), 400, /key missing/],
    [upgrade({ "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=" }), 400, /invalid websocket key/],
    [upgrade({ "sec-websocket-version": "8" }), 400, /invalid version/],
    [upgrade({ origin: "http://evil.example" }, { sameOrigin: true }), 403, /not same origin/],
  ] as const) {
    assert.equal(statusOf(result), status);
    assert.match((result as UpgradeRefusal).reason, reason);
  }
});

test("pages may be bound to the origin of the server, to a list, or to both", () => {
  const tls = { certificates: [] };
  const list = ["https://app.example", "http://localhost:3000"];
  for (const [origin, options, isAllowed] of [
    ["http://evil.example", {}, true],
    [undefined, { sameOrigin: true }, true],
    ["http://nats.example:8080", { sameOrigin: true }, true],
    ["http://NATS.example:8080", { sameOrigin: true }, true],
    ["http://nats.example", { sameOrigin: true }, false],
    ["https://nats.example:8080", { sameOrigin: true }, false],
    ["https://nats.example:8080", { sameOrigin: true, tls }, true],
    ["null", { sameOrigin: true }, false],
    ["https://app.example", { allowedOrigins: list }, true],
    ["https://app.example:443", { allowedOrigins: list }, true],
    ["http://app.example", { allowedOrigins: list }, false],
    ["http://localhost:3000", { allowedOrigins: list }, true],
    ["http://localhost", { allowedOrigins: list }, false],
    ["http://app.example.evil.example", { allowedOrigins: list }, false],
    ["https://app.example", { allowedOrigins: list, sameOrigin: true }, false],
  ] as const) {
    const status = statusOf(upgrade({ origin }, options));
    assert.equal(status, isAllowed ? undefined : 403, `${origin} ${JSON.stringify(options)}`);
  }
  const old = upgrade({ "sec-websocket-origin": "http://evil.example" }, { sameOrigin: true });
  assert.equal(statusOf(old), 403);
  for (const wrong of ["app.example", "ftp://app.example", "", "//app.example"]) {
    assert.throws(() => new OriginRule({ ...address, allowedOrigins: [wrong] }), {
      code: "ENGINE_OPTION_INVALID",
    });
  }
});

test("without the server's port, its origin has the usual one", () => {
  const host = "nats.example";
  assert.equal(
    statusOf(upgrade({ host, origin: `http://${host}` }, { sameOrigin: true })),
    undefined,
  );
  assert.equal(
    statusOf(upgrade({ host, origin: `http://${host}:80` }, { sameOrigin: true })),
    undefined,
  );
});

test("cookies with the configured names are credentials", () => {
  const options = { userCookie: "u", passwordCookie: "p", jwtCookie: "j", tokenCookie: "t" };
  const read = upgrade({ cookie: 'u=me; p="s=3 cret"; x=1;t=; u2=no; j = jwt' }, options);
  assert.deepEqual((read as Upgrade).credentials, {
    user: "me",
    password: "s=3 cret",
    jwt: "jwt",
    token: "",
  });
  assert.deepEqual((upgrade({ cookie: "u=me" }) as Upgrade).credentials, {
    user: "",
    password: "",
    jwt: "",
    token: "",
  });
});

test("a proxy may tell the client's address, if it is one", () => {
  const addressFrom = (value: string | undefined): string | undefined =>
    (upgrade({ "x-forwarded-for": value }) as Upgrade).forwardedAddress;
  assert.equal(addressFrom("10.1.2.3"), "10.1.2.3");
  assert.equal(addressFrom("2001:db8::1"), "2001:db8::1");
  assert.equal(addressFrom("10.1.2.3, 10.0.0.1"), "10.1.2.3");
  for (const wrong of [undefined, "", ", 10.0.0.1", "10.1.2.3:80", "host", "1.2.3"]) {
    assert.equal(addressFrom(wrong), undefined);
  }
});

test("whatever is asked, there is an answer and no throw", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(...Object.values(good)),
    fc.constant(undefined),
  );
  const names = [
    ...Object.keys(good),
    "origin",
    "cookie",
    "x-forwarded-for",
    "sec-websocket-origin",
  ];
  const headers = fc.dictionary(fc.constantFrom(...names), text);
  fc.assert(
    fc.property(
      headers,
      fc.string(),
      fc.string(),
      fc.boolean(),
      (changes, method, target, isStrict) => {
        const options = isStrict ? { sameOrigin: true, allowedOrigins: ["http://a"] } : {};
        const result = upgrade(changes, { ...options, userCookie: "u" }, { method, target });
        const status = statusOf(result);
        assert.ok(status === undefined || [400, 403, 404, 405].includes(status));
      },
    ),
    { numRuns: 2_000 },
  );
});
