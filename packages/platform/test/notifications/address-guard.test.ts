import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { AddressGuard } from "../../src/notifications/send/address-guard.ts";
import { httpPost } from "../../src/notifications/send/http-post.ts";
import { SendFailure } from "../../src/notifications/send/send-failure.ts";

/** Goal: nobody reaches by a channel what only the server reaches. */
const notPublic: readonly string[] = [
  "127.0.0.1",
  "127.8.9.10",
  "0.0.0.0",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "168.63.129.16",
  "100.100.100.200",
  "192.0.0.192",
  "198.18.0.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "fe80::1",
  "fc00::1",
  "fd00:ec2::254",
  "ff02::1",
  "::ffff:127.0.0.1",
  "::ffff:a9fe:a9fe",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001:0:7f00:1::",
];

async function refusal(guard: AddressGuard, host: string): Promise<SendFailure> {
  const error = await guard.addressOf(host).then(
    ({ address }) => assert.fail(`${host} is taken for ${address}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SendFailure, String(error));
  return error;
}

describe("addresses that notifications may not go to", () => {
  for (const address of notPublic) {
    test(`${address}, given as such, and as the address of a name`, async () => {
      const literal = address.includes(":") ? `[${address}]` : address;
      assert.equal((await refusal(new AddressGuard(), literal)).isFinal, true);
      const guard = new AddressGuard({ resolve: () => Promise.resolve([address]) });
      assert.match((await refusal(guard, "hooks.example.com")).message, /--notify-allow/);
    });
  }

  for (const url of [
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
  ]) {
    test(`${url}, which is this machine`, async () => {
      await refusal(new AddressGuard(), new URL(url).hostname);
    });
  }

  test("one of several of a name", async () => {
    const guard = new AddressGuard({
      resolve: () => Promise.resolve(["93.184.216.34", "10.0.0.1"]),
    });
    await refusal(guard, "hooks.example.com");
  });

  test("what is no address", async () => {
    await refusal(new AddressGuard({ resolve: () => Promise.resolve(["nonsense"]) }), "a.example");
    await refusal(new AddressGuard({ resolve: () => Promise.resolve([]) }), "a.example");
  });
});

describe("addresses that notifications may go to", () => {
  test("public ones", async () => {
    const guard = new AddressGuard({ resolve: () => Promise.resolve(["93.184.216.34"]) });
    assert.deepEqual(await guard.addressOf("a.example"), { address: "93.184.216.34", family: 4 });
    const six = await guard.addressOf("[2606:2800:220:1:248:1893:25c8:1946]");
    assert.equal(six.family, 6);
  });

  test("those that the operator allows, however they are written", async () => {
    const guard = new AddressGuard({ allowed: ["10.1.0.0/16", "127.0.0.1", "fd00::/8"] });
    for (const host of ["10.1.2.3", "127.0.0.1", "[::ffff:10.1.2.3]", "[fd00::1]"]) {
      await guard.addressOf(host);
    }
    for (const host of ["10.2.0.1", "127.0.0.2", "[fe80::1]", "169.254.169.254"]) {
      await refusal(guard, host);
    }
  });

  test("are named as such", () => {
    for (const allowed of ["here", "10.0.0.0/33", "10.0.0.1/"]) {
      assert.throws(() => new AddressGuard({ allowed: [allowed] }), {
        code: "NOTIFICATION_INVALID",
      });
    }
  });

  test("a name that can't be resolved now may be later", async () => {
    const resolve = () => Promise.reject(Object.assign(new Error("no"), { code: "EAI_AGAIN" }));
    const failure = await refusal(new AddressGuard({ resolve }), "a.example");
    assert.equal(failure.isFinal, false);
    assert.match(failure.message, /EAI_AGAIN/);
  });
});

describe("a post", () => {
  /** A server on this machine that answers so. */
  async function withServer(
    answer: { status: number; headers?: Record<string, string>; body?: string },
    use: (port: number, seen: string[]) => Promise<void>,
  ): Promise<void> {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.headers.host} ${request.url}`);
      response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? "");
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    try {
      await use((server.address() as AddressInfo).port, seen);
    } finally {
      server.close();
    }
  }
  const post = (url: string, guard: AddressGuard): Promise<string> =>
    httpPost({ url, headers: {}, body: "{}" }, guard);

  test("goes to the address that was checked, whatever the name means a moment later", async () => {
    await withServer({ status: 200, body: "taken" }, async (port, seen) => {
      let asked = 0;
      const guard = new AddressGuard({
        allowed: ["127.0.0.1"],
        // The second answer is an address at which nobody listens.
        resolve: () => Promise.resolve([asked++ === 0 ? "127.0.0.1" : "127.0.0.2"]),
      });
      assert.equal(await post(`http://hooks.example.com:${port}/a`, guard), "200 taken");
      assert.deepEqual(seen, [`hooks.example.com:${port} /a`]);
      assert.equal(asked, 1);
      await assert.rejects(post(`http://hooks.example.com:${port}/a`, guard), /--notify-allow/);
      assert.equal(seen.length, 1);
    });
  });

  test("follows no redirect", async () => {
    const headers = { location: "http://169.254.169.254/latest/meta-data" };
    await withServer({ status: 302, headers }, async (port, seen) => {
      const guard = new AddressGuard({ allowed: ["127.0.0.1"] });
      const failure = await post(`http://127.0.0.1:${port}/`, guard).catch(
        (error: unknown) => error,
      );
      assert.ok(failure instanceof SendFailure);
      assert.match(failure.message, /302, and redirects are not followed/);
      assert.equal(failure.isFinal, true);
      assert.equal(seen.length, 1);
    });
  });

  test("tells what can be tried again, and when", async () => {
    const guard = new AddressGuard({ allowed: ["127.0.0.1"] });
    const cases = [
      [{ status: 503, headers: { "retry-after": "120" } }, false, 120_000],
      [{ status: 429, headers: { "retry-after": "99999999" } }, false, 3_600_000],
      [{ status: 500, headers: { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" } }, false, 0],
      [{ status: 404, body: "no_service\n" }, true, 0],
      [{ status: 410 }, true, 0],
    ] as const;
    for (const [answer, isFinal, retryAfterMs] of cases) {
      await withServer(answer, async (port) => {
        const failure = await post(`http://127.0.0.1:${port}/secret`, guard).catch(
          (e: unknown) => e,
        );
        assert.ok(failure instanceof SendFailure);
        assert.deepEqual([failure.isFinal, failure.retryAfterMs], [isFinal, retryAfterMs]);
        assert.doesNotMatch(failure.message, /secret/);
      });
    }
  });

  test("reads only the beginning of what is answered", async () => {
    await withServer({ status: 200, body: "x".repeat(10_000_000) }, async (port) => {
      const guard = new AddressGuard({ allowed: ["127.0.0.1"] });
      assert.ok((await post(`http://127.0.0.1:${port}/`, guard)).length < 300);
    });
  });

  test("to where nobody listens may be tried again", async () => {
    const guard = new AddressGuard({ allowed: ["127.0.0.1"] });
    const failure = await post("http://127.0.0.1:1/", guard).catch((error: unknown) => error);
    assert.ok(failure instanceof SendFailure);
    assert.equal(failure.isFinal, false);
    assert.match(failure.message, /can't be reached: ECONNREFUSED/);
  });
});
