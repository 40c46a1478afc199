import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { serverTarget } from "../../src/client/target.ts";
import type { Context } from "../../src/contexts/context.ts";
import { CommandFailure, UsageError } from "../../src/failures.ts";

/** Contexts that are there, and one that is in use. */
function contexts(all: Readonly<Record<string, Context>>, current?: string) {
  return {
    current: () => current,
    read: (name: string): Context => all[name] ?? assert.fail(`context ${name} was read`),
  };
}
const none = contexts({});

suite("the server to use", () => {
  test("is the local one by default", () => {
    assert.deepEqual(serverTarget({}, {}, none), {
      servers: ["127.0.0.1:4222"],
      credentials: undefined,
      tls: undefined,
      timeoutMs: 5000,
    });
  });

  test("comes from the option, else from OXBOW_URL", () => {
    const environment = { OXBOW_URL: "nats://a:1" };
    const servers = (options: { server?: string }, variables = environment) =>
      serverTarget(options, variables, none).servers;
    assert.deepEqual(servers({}), ["a:1"]);
    assert.deepEqual(servers({ server: "b" }), ["b:4222"]);
    assert.deepEqual(servers({ server: "nats://a, b:2" }), ["a:4222", "b:2"]);
    assert.deepEqual(servers({ server: "[::1]:5" }), ["[::1]:5"]);
  });

  test("is refused when it is no address", () => {
    for (const server of ["http://a", "nats://", "a b", "nats://a/b", ""]) {
      assert.throws(() => serverTarget({ server }, {}, none), UsageError, server);
    }
  });

  test("is spoken to by TLS where its address or files say so", () => {
    assert.deepEqual(serverTarget({ server: "tls://a" }, {}, none).tls, {});
    // Whatever is in them.
    const path = import.meta.filename;
    const tls = { tlsCa: path, tlsCert: path, tlsKey: path };
    const files = { caFile: path, certFile: path, keyFile: path };
    assert.deepEqual(serverTarget({ server: "a", ...tls }, {}, none).tls, files);
    const own = contexts({ own: { ...tls, server: "a", tlsFirst: true } }, "own");
    const caFile = `${import.meta.dirname}/../arguments.test.ts`;
    assert.deepEqual(serverTarget({ tlsCa: caFile }, {}, own).tls, {
      ...files,
      caFile,
      handshakeFirst: true,
    });
    const missing = { server: "tls://a", tlsCa: "/nowhere/at/all" };
    assert.throws(() => serverTarget(missing, {}, none), /at\/all can't be read/);
  });
});

suite("credentials", () => {
  const environment = { OXBOW_USER: "eu", OXBOW_PASSWORD: "ep", OXBOW_TOKEN: "" };
  const credentials = (options: object, variables: Record<string, string> = environment) =>
    serverTarget(options, variables, none).credentials;

  test("come from options, the URL and the environment, in this order", () => {
    const inUrl = { server: "nats://uu:u%40p@a" };
    assert.deepEqual(credentials(inUrl), { user: "uu", password: "u@p" });
    const given = credentials({ ...inUrl, user: "ou", password: "op" });
    assert.deepEqual(given, { user: "ou", password: "op" });
    assert.deepEqual(credentials({}), { user: "eu", password: "ep" });
    assert.deepEqual(credentials({ user: "ou" }), { user: "ou", password: "ep" });
    assert.deepEqual(credentials({}, { OXBOW_TOKEN: "t", OXBOW_CREDS: "c" }), { token: "t" });
  });

  test("a name alone in the URL is a token, and a token leaves no user", () => {
    assert.deepEqual(credentials({ server: "nats://secret@a" }), { token: "secret" });
    assert.deepEqual(credentials({ token: "t" }), { token: "t" });
  });

  test("of two kinds are refused", () => {
    assert.throws(() => credentials({ user: "u", token: "t" }), /--user and --token exclude/);
  });
});

suite("a context", () => {
  const prod = { server: "nats://prod:1", user: "ann", password: "pp" };
  const all = contexts({ prod, test: { server: "test:2", token: "tt" } }, "prod");
  const target = (options: object, variables: Record<string, string> = {}) => {
    const { servers, credentials } = serverTarget(options, variables, all);
    return [servers[0], credentials];
  };

  test("is the one in use, unless a variable or an option names another", () => {
    assert.deepEqual(target({}), ["prod:1", { user: "ann", password: "pp" }]);
    assert.deepEqual(target({}, { OXBOW_CONTEXT: "test" }), ["test:2", { token: "tt" }]);
    const named = target({ context: "prod" }, { OXBOW_CONTEXT: "test", OXBOW_USER: "eu" });
    assert.deepEqual(named, ["prod:1", { user: "ann", password: "pp" }]);
    const variables = { OXBOW_URL: "url:3", OXBOW_TOKEN: "et" };
    assert.deepEqual(target({ context: "prod" }, variables)[0], "prod:1");
  });

  test("keeps its credentials from other servers, unless it is named", () => {
    assert.deepEqual(target({ server: "other" }), ["other:4222", undefined]);
    assert.deepEqual(target({}, { OXBOW_URL: "url:3" }), ["url:3", undefined]);
    assert.deepEqual(target({}, { OXBOW_URL: "url:3", OXBOW_CONTEXT: "prod" })[1], undefined);
    const both = target({ server: "other", context: "prod" });
    assert.deepEqual(both, ["other:4222", { user: "ann", password: "pp" }]);
    assert.deepEqual(target({ user: "bob", password: "bp" }), [
      "prod:1",
      { user: "bob", password: "bp" },
    ]);
  });

  let directory = "";
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "oxbow-target-"));
  });
  after(() => rm(directory, { recursive: true }));

  test("takes secrets from files, and says which can't be read", async () => {
    const path = (name: string): string => join(directory, name);
    const seed = `SU${"A".repeat(56)}`;
    await writeFile(path("password"), "from a file\n");
    await writeFile(path("nkey"), `# whose it is\n${seed}\n`);
    await writeFile(path("creds"), "-----BEGIN NATS USER JWT-----\n");
    const of = (context: Context) =>
      serverTarget({ context: "x" }, {}, contexts({ x: context })).credentials;
    assert.deepEqual(of({ user: "ann", passwordFile: path("password") }), {
      user: "ann",
      password: "from a file",
    });
    assert.deepEqual(of({ tokenFile: path("password") }), { token: "from a file" });
    assert.deepEqual(of({ creds: path("creds") }), { file: path("creds") });
    assert.deepEqual(of({ nkey: path("nkey") }), { nkeySeed: seed });
    assert.throws(() => of({ nkey: path("password") }), /has no seed of an NKey/);
    for (const context of [{ tokenFile: path("no") }, { creds: path("no") }]) {
      assert.throws(() => of(context), CommandFailure);
    }
  });
});
