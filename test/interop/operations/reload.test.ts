import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { patient } from "../support/deadline.ts";
import { onEachTarget } from "../support/targets.ts";

const users = (names: readonly string[]): string =>
  `authorization { users [ ${names.map((name) => `{ user: ${name}, password: pw }`).join(", ")} ] }`;

onEachTarget("reload", (target) => {
  test("takes up who may come in, and closes those who may not any more", async () => {
    await using server = await target.start({ config: users(["a", "b"]) });
    const { url: servers } = server;
    const a = await connect({ servers, user: "a", pass: "pw", reconnect: false });
    const b = await connect({ servers, user: "b", pass: "pw", reconnect: false });
    assert.match(
      await server.reload(users(["b", "c"])),
      /Reloaded server configuration \(sha256:[0-9a-f]+\)$/,
    );
    await a.closed();
    await b.flush();
    const c = await connect({ servers, user: "c", pass: "pw" });
    await Promise.all([b.close(), c.close()]);
    await assert.rejects(connect({ servers, user: "a", pass: "pw", reconnect: false }));
  });

  test("takes up limits", async () => {
    await using server = await target.start({ config: "max_payload: 100" });
    assert.match(
      await server.reload("max_payload: 200"),
      /Reloaded server configuration \(sha256:[0-9a-f]+\)$/,
    );
    const connection = await connect({ servers: server.url });
    assert.equal(connection.info?.max_payload, 200);
    await connection.close();
  });

  test("begins and ends to trace, connections that are open too", async () => {
    await using server = await target.start({ config: "trace: false" });
    const connection = await connect({ servers: server.url });
    await connection.flush();
    assert.equal(server.output.includes("[TRC]"), false);
    await server.reload("trace: true");
    const from = server.lines.length;
    await connection.flush();
    await server.line(/\[TRC\].*->> \[PONG\]/, from);
    await server.reload("trace: false");
    const end = server.lines.length;
    await connection.flush();
    await connection.close();
    assert.deepEqual(
      server.lines.slice(end).filter((line) => line.includes("[TRC] 127")),
      [],
    );
  });

  test("changes nothing where the file is broken", async () => {
    await using server = await target.start({ config: users(["a"]) });
    for (const broken of ["authorization {", "nope: 1", `${users(["b"])}\nmax_payload: word`]) {
      assert.match(await server.reload(broken), /Failed to reload server configuration: /);
    }
    const connection = await connect({ servers: server.url, user: "a", pass: "pw" });
    await connection.close();
  });

  test("changes nothing where something cannot change while the server runs", async () => {
    await using server = await target.start({ config: "server_name: one" });
    const line = await server.reload("server_name: two\nmax_payload: 100");
    assert.match(line, /Failed to reload server configuration: config reload not supported for/);
    const connection = await connect({ servers: server.url });
    assert.equal(connection.info?.max_payload, 1024 * 1024);
    assert.equal(connection.info?.server_name, "one");
    await connection.close();
  });

  test("switches JetStream off and on, and its streams are there again", async () => {
    await using server = await target.start({ config: "jetstream: enabled" });
    const connection = await connect({ servers: server.url });
    const ask = async (subject: string, body = ""): Promise<Record<string, unknown>> =>
      (await connection.request(`$JS.API.${subject}`, body, patient)).json<
        Record<string, unknown>
      >();
    const config = JSON.stringify({ name: "S", subjects: ["s"] });
    assert.equal((await ask("STREAM.CREATE.S", config))["error"], undefined);
    await connection.request("s", "kept", patient);

    assert.match(await server.reload("jetstream: disabled"), /Reloaded/);
    await assert.rejects(connection.request("s", "lost", patient), /no responders/i);

    assert.match(await server.reload("jetstream { max_file: 10MB }"), /Reloaded/);
    const { state } = (await ask("STREAM.INFO.S")) as { state?: { messages?: number } };
    assert.equal(state?.messages, 1);
    await connection.close();
  });

  test("takes up larger bounds of JetStream, and no smaller ones", async () => {
    const of = (size: string): string =>
      `jetstream { max_file: ${size}, limits { max_ack_pending: 5 } }`;
    await using server = await target.start({ config: of("2MB") });
    assert.match(await server.reload(of("4MB")), /Reloaded server configuration/);
    assert.match(await server.reload(of("1MB")), /not supported for decreasing jetstream max/);
  });

  test("takes up the address that clients are told", async () => {
    await using server = await target.start({ config: "" });
    assert.match(await server.reload('client_advertise: "h.example:7"'), /Reloaded/);
    const connection = await connect({ servers: server.url });
    const { host, port } = connection.info ?? {};
    assert.deepEqual({ host, port }, { host: "h.example", port: 7 });
    await connection.close();
  });

  test("has monitoring tell what is in force", async () => {
    await using server = await target.start({ config: 'http: "127.0.0.1:-1"\nserver_tags: [a]' });
    const varz = async (): Promise<Record<string, unknown>> => {
      const { monitoring } = await server.urls();
      return (await (await fetch(`${monitoring?.[0]}/varz`)).json()) as Record<string, unknown>;
    };
    const before = await varz();
    await server.reload('http: "127.0.0.1:-1"\nserver_tags: [b]');
    const after = await varz();
    assert.deepEqual([before["tags"], after["tags"]], [["a"], ["b"]]);
    assert.notEqual(before["config_digest"], after["config_digest"]);
  });
});

onEachTarget("signals", (target) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`${signal} ends with status 0`, async () => {
      await using server = await target.start();
      assert.deepEqual(await server.stop(signal), { code: 0, signal: null });
    });
  }

  test("SIGUSR2 tells clients to go, lets them go, and ends with status 0", async () => {
    await using server = await target.start({ config: 'lame_duck_grace_period: "50ms"' });
    const connection = await connect({ servers: server.url, reconnect: false });
    await connection.flush();
    const told = firstStatus(connection, "ldm");
    server.signal("SIGUSR2");
    await told;
    await connection.closed();
    assert.deepEqual(await server.exited(), { code: 0, signal: null });
    await server.line(/Trapped "user defined signal 2" signal/);
  });

  test("SIGUSR1 has nothing to reopen where the log goes to stderr", async () => {
    await using server = await target.start();
    server.signal("SIGUSR1");
    await server.line(/File log re-open ignored, not a file logger/);
  });
});

/** Resolves with the first status of that type. */
async function firstStatus(connection: NatsConnection, type: string): Promise<void> {
  for await (const status of connection.status()) if (status.type === type) return;
}
