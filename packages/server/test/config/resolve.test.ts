import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type ConfigSources, redactConfig, resolveConfig } from "../../src/config/index.ts";

let directory = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-config-"));
});
after(() => rm(directory, { recursive: true }));

async function fileWith(text: string): Promise<string> {
  const path = join(directory, "oxbow.conf");
  await writeFile(path, text);
  return path;
}

async function problemsOf(sources: ConfigSources): Promise<readonly string[]> {
  try {
    await resolveConfig(sources);
  } catch (error) {
    assert.equal((error as { code?: string }).code, "CONFIG_INVALID");
    return (error as Error).message.replaceAll(`${directory}/`, "").split("\n");
  }
  return [];
}

suite("sources", () => {
  test("without any, the defaults hold", async () => {
    const config = await resolveConfig({});
    assert.ok(Object.isFrozen(config));
    assert.deepEqual(config, {
      host: "127.0.0.1",
      port: 4222,
      data: "./oxbow-data",
      sync: { mode: "always" },
      encryptionKey: undefined,
      encryptionKeyFile: undefined,
      encryptionPreviousKey: undefined,
      encryptionCipher: "aes",
      memory: false,
      auth: false,
      httpPort: undefined,
      httpTlsCertificate: undefined,
      httpTlsKey: undefined,
      httpTrustedProxies: [],
      memphisPort: undefined,
      memphisRestPort: undefined,
      otlpEndpoint: undefined,
      serverName: undefined,
      user: undefined,
      password: undefined,
      token: undefined,
      users: [],
      payloadMax: 1_048_576,
      controlLineMax: 4096,
      connectionsMax: 65_536,
      subscriptionsMax: 0,
      pendingBytesMax: 67_108_864,
      pingIntervalMs: 120_000,
      pingsOutMax: 2,
      authTimeoutMs: 2000,
      writeDeadlineMs: 10_000,
      platform: true,
      notifyAllowed: [],
      jetstream: true,
      memoryBytesMax: undefined,
      storageBytesMax: undefined,
      log: "info",
    });
  });

  test("flags win over the environment, and that over the file", async () => {
    const file = await fileWith("port: 1\nping_max: 1\nserver_name: file");
    const environment = { OXBOW_PORT: "2", OXBOW_PING_MAX: "2", OXBOW_DATA: "" };
    const config = await resolveConfig({ flags: { port: "3" }, environment, file });
    assert.equal(config.port, 3);
    assert.equal(config.pingsOutMax, 2);
    assert.equal(config.serverName, "file");
    assert.equal(config.data, "./oxbow-data");
  });

  test("the file sees variables of the environment", async () => {
    const file = await fileWith("authorization { token: $SECRET }");
    const config = await resolveConfig({ file, environment: { SECRET: "s3" } });
    assert.equal(config.token, "s3");
  });

  test("secrets are not shown", async () => {
    const config = await resolveConfig({ flags: { user: "a", password: "b" } });
    assert.ok(!JSON.stringify(redactConfig(config)).includes('"b"'));
  });
});

suite("sync modes", () => {
  const cases: readonly (readonly [text: string, mode: unknown])[] = [
    ["always", { mode: "always" }],
    ["never", { mode: "never" }],
    ["interval:100", { mode: "interval", intervalMs: 100 }],
    ["interval:2s", { mode: "interval", intervalMs: 2000 }],
  ];
  for (const [sync, mode] of cases) {
    test(sync, async () => {
      assert.deepEqual((await resolveConfig({ flags: { sync } })).sync, mode);
    });
  }

  for (const sync of ["sometimes", "interval", "interval:0", "interval:2d", "interval:-1"]) {
    test(`${sync} is refused`, async () => {
      assert.deepEqual(await problemsOf({ flags: { sync } }), [
        `--sync: expected always, interval:<ms> such as interval:100, or never, not "${sync}"`,
      ]);
    });
  }
});

suite("problems", () => {
  test("of all sources are reported at once, each with its place", async () => {
    const file = await fileWith("prot: 1\nmax_payload: lots\nauthorization { users: 1 }\ntls {}");
    const problems = await problemsOf({
      flags: { port: "99999", sync: "often" },
      environment: { OXBOW_MEMORY: "maybe", OXBOW_PING_INTERVAL: "2" },
      file,
    });
    assert.deepEqual(problems, [
      "oxbow.conf:1:1 prot: unknown key: did you mean port?",
      "oxbow.conf:3:17 users: expected an array of users, not an integer",
      "oxbow.conf:4:1 tls: this key of nats-server is not supported: take it out",
      '--port: expected a whole number from 0 to 65535, not "99999"',
      '--sync: expected always, interval:<ms> such as interval:100, or never, not "often"',
      'OXBOW_MEMORY: expected true or false, not "maybe"',
      'oxbow.conf:2:1 max_payload: expected a size from 1 to 67108864 bytes such as 64KB, 1MiB, not "lots"',
      'OXBOW_PING_INTERVAL: expected a duration from 1ms to 86400s such as 500ms, 10s, 2m, not "2"',
    ]);
  });

  test("of users are reported with the place in their list", async () => {
    const file = await fileWith('authorization { users [ {user: a}, {user: 3, password: ""} ] }');
    assert.deepEqual(await problemsOf({ file }), [
      "oxbow.conf:1:17 users 0.password: expected some text, not undefined",
      'oxbow.conf:1:17 users 1.password: expected some text, not ""',
    ]);
  });

  test("of values of other kinds name what was written", async () => {
    const file = await fileWith("port: {a: 1}\nmax_payload: [1]\nping_interval: -3\nmemory: 2");
    assert.deepEqual(await problemsOf({ file }), [
      'oxbow.conf:1:1 port: expected a whole number from 0 to 65535, not {"a":1}',
      "oxbow.conf:4:1 memory: expected true or false, not 2",
      "oxbow.conf:2:1 max_payload: expected a size from 1 to 67108864 bytes such as 64KB, 1MiB, not [1]",
      "oxbow.conf:3:1 ping_interval: expected a duration from 1ms to 86400s such as 500ms, 10s, 2m, not -3000",
    ]);
  });

  test("a syntax error of the file is one of them", async () => {
    const file = await fileWith("port: [");
    assert.deepEqual(await problemsOf({ file, flags: { port: "x" } }), [
      "oxbow.conf:1:7: this array has no closing ]",
      '--port: expected a whole number from 0 to 65535, not "x"',
    ]);
  });

  test("a missing file has a code of its own", async () => {
    await assert.rejects(resolveConfig({ file: join(directory, "none.conf") }), {
      code: "CONFIG_FILE_UNREADABLE",
      message: /none\.conf: there is no such file$/,
    });
  });

  test("an address that others can reach needs credentials", async () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.5", "example.org"]) {
      assert.deepEqual(await problemsOf({ flags: { host } }), [
        `--host: ${host} is open to other machines and needs credentials: ` +
          `to have random ones made, write oxbow start --host ${host} --auth`,
      ]);
      assert.deepEqual(await problemsOf({ flags: { host, auth: true } }), []);
      assert.deepEqual(await problemsOf({ flags: { host, token: "t" } }), []);
      assert.deepEqual(await problemsOf({ flags: { host, user: "u", password: "p" } }), []);
    }
    for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "::1"]) {
      assert.deepEqual(await problemsOf({ flags: { host } }), []);
    }
  });

  test("half credentials, and two kinds of them, are refused", async () => {
    assert.match((await problemsOf({ flags: { user: "u" } }))[0] ?? "", /^--user: a user needs/);
    const environment = { OXBOW_PASSWORD: "p" };
    assert.match((await problemsOf({ environment }))[0] ?? "", /^OXBOW_PASSWORD: a password needs/);
    const both = { flags: { user: "u", password: "p", token: "t" } };
    assert.match((await problemsOf(both))[0] ?? "", /^--token: a token and users exclude/);
  });
});
