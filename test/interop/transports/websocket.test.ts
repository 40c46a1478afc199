import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { test } from "node:test";
import { type WsConnectionOptions, wsconnect } from "@nats-io/nats-core";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { type ClientOptions, WebSocket as WsClient } from "ws";
import { authority, clientCertificate as client, tlsFiles } from "../support/certificate-files.ts";
import { patient, withDeadline } from "../support/deadline.ts";
import { Heard } from "../support/heard.ts";
import { onEachTarget, type Target } from "../support/targets.ts";

const ca = authority.certificate;
const key = "dGhlIHNhbXBsZSBub25jZQ==";

/** The URL of the WebSocket door. */
async function urlOf(target: Target): Promise<string> {
  const { websocket = [] } = await target.server.urls();
  assert.equal(websocket.length, 1);
  return websocket[0] as string;
}

/** The official client, over the `ws` package where it is given options for it. */
async function official(
  target: Target,
  options: WsConnectionOptions = {},
  wsOptions?: ClientOptions,
): Promise<NatsConnection> {
  const servers = await urlOf(target);
  const wsFactory: WsConnectionOptions["wsFactory"] = async (url) => ({
    socket: new WsClient(url, wsOptions) as unknown as WebSocket,
    encrypted: url.startsWith("wss"),
  });
  return await wsconnect({
    servers,
    reconnect: false,
    timeout: 10_000,
    ...(wsOptions === undefined ? {} : { wsFactory }),
    ...options,
  });
}

/** Publishes and gets it back. */
async function echo(connection: NatsConnection, size = 100_000): Promise<void> {
  const subscription = connection.subscribe("echo", { max: 1 });
  const payload = Buffer.alloc(size, "abc");
  connection.publish("echo", payload);
  for await (const message of subscription) assert.deepEqual(Buffer.from(message.data), payload);
}

/** What the door answers to `lines`, which end with an empty one. */
async function ask(target: Target, ...lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(await urlOf(target));
  const socket = connectTcp(Number(port), hostname);
  socket.on("error", () => undefined);
  const heard = new Heard(socket);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const said = await heard.until(/\r\n\r\n/);
  socket.destroy();
  return said;
}

const request = [
  "Host: localhost",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Key: ${key}`,
  "Sec-WebSocket-Version: 13",
] as const;

/** The request without the header `name`, with `more` instead. */
function changed(name: string, ...more: readonly string[]): readonly string[] {
  return [...request.filter((line) => !line.startsWith(name)), ...more];
}

/** A raw connection; what it gets is gathered as text. */
async function dial(
  target: Target,
  options: ClientOptions = {},
): Promise<{
  client: WsClient;
  closed: Promise<[number, string]>;
  heard: (pattern: RegExp) => Promise<string>;
}> {
  const client = new WsClient(await urlOf(target), options);
  let text = "";
  let wake = (): void => {};
  client.on("message", (data) => {
    text += String(data);
    wake();
  });
  client.on("error", () => undefined);
  const closed = new Promise<[number, string]>((resolve) =>
    client.on("close", (status, reason) => resolve([status, String(reason)])),
  );
  const heard = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(text)) {
      await withDeadline(new Promise<void>((resolve) => (wake = resolve)), () => `${pattern}`);
    }
    return text;
  };
  return { client, closed: withDeadline(closed, () => "the end"), heard };
}

onEachTarget(
  "WebSocket",
  (target) => {
    test("carries the official client, also with messages of the largest size", async () => {
      const nc = await official(target);
      const { port } = new URL(await urlOf(target));
      assert.equal(nc.info?.port, Number(port));
      assert.equal(nc.info?.tls_required, undefined);
      assert.equal(nc.info?.connect_urls, undefined);
      await echo(nc);
      await echo(nc, 1024 * 1024);
      for (let index = 0; index < 5_000; index++) nc.publish("many", Buffer.alloc(1_000));
      await nc.flush();
      await nc.close();
    });

    test("reaches clients of the other door", async () => {
      const nc = await official(target);
      const plain = await connect({ servers: target.server.url });
      const subscription = plain.subscribe("crossing", { max: 1 });
      await plain.flush();
      nc.publish("crossing", "hello");
      for await (const message of subscription) assert.equal(message.string(), "hello");
      await Promise.all([nc.close(), plain.close()]);
    });

    test("is compressed where that is offered, in whatever form", async () => {
      for (const perMessageDeflate of [
        true,
        false,
        { serverNoContextTakeover: true, clientNoContextTakeover: true },
        { clientMaxWindowBits: 9 },
      ]) {
        const nc = await official(target, {}, { perMessageDeflate });
        await echo(nc);
        await nc.close();
      }
      const answer = await ask(
        target,
        "GET / HTTP/1.1",
        ...request,
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
      );
      assert.match(
        answer,
        /\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n/i,
      );
    });

    test("takes operations in any frames", async () => {
      const { client, heard } = await dial(target, { perMessageDeflate: false });
      await heard(/INFO /);
      client.send('CONNECT {"verbose":false,"pedantic":false}\r\nSUB a 1\r\nPUB a');
      client.send(Buffer.from(" 5\r\nhe"), { fin: false });
      client.send(Buffer.from("ll"), { fin: false });
      client.send(Buffer.alloc(0), { fin: false });
      client.send(Buffer.from("o\r\nPING"), { fin: true });
      client.send(Buffer.from("\r\n"));
      await heard(/MSG a 1 5\r\nhello\r\nPONG\r\n/);
      client.ping("are you there");
      const [payload] = await withDeadline(once(client, "pong"), () => "a pong");
      assert.equal(String(payload), "are you there");
      client.terminate();
    });

    test("says with a status why it ends", async () => {
      for (const [line, status] of [
        ["NONSENSE NONSENSE\r\n", 1002],
        ['CONNECT {"protocol":7}\r\n', 1002],
        [`PUB a ${3 * 1024 * 1024}\r\n`, 1009],
        [`SUB ${"a".repeat(10_000)} 1\r\n`, 1008],
      ] as const) {
        const { client, closed, heard } = await dial(target);
        await heard(/INFO /);
        client.send(line);
        // nats-server does not always get to say it.
        const expected = target.name === "oxbow" ? [status] : [status, 1006];
        assert.ok(expected.includes((await closed)[0]), line.slice(0, 30));
      }
      const polite = await dial(target);
      await polite.heard(/INFO /);
      polite.client.close(1000, "bye");
      assert.equal((await polite.closed)[0], 1000);
    });

    test("ends when frames are broken", async () => {
      for (const frame of [
        [0x82, 0x01, 0x00],
        [0x83, 0x81, 0, 0, 0, 0, 0],
        [0xa2, 0x81, 0, 0, 0, 0, 0],
        [0x80, 0x81, 0, 0, 0, 0, 0],
        [0x89, 0xfe, 0, 126, 0, 0, 0, 0],
        [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
      ]) {
        const { hostname, port } = new URL(await urlOf(target));
        const socket = connectTcp(Number(port), hostname);
        const said: Buffer[] = [];
        socket.on("data", (chunk: Buffer) => said.push(chunk));
        socket.on("error", () => undefined);
        socket.write(`GET / HTTP/1.1\r\n${request.join("\r\n")}\r\n\r\n`);
        while (!Buffer.concat(said).includes("INFO ")) await once(socket, "data");
        const closed = once(socket, "close");
        socket.write(Buffer.from(frame));
        socket.once("end", () => socket.end());
        await withDeadline(closed, () => "the end");
        // nats-server does not always get to say why.
        if (target.name !== "oxbow") continue;
        const all = Buffer.concat(said);
        const goodbye = all.subarray(all.indexOf("\r\n", all.indexOf("INFO ")) + 2);
        assert.equal(goodbye[0], 0x88);
        assert.ok([1002, 1009].includes(goodbye.readUInt16BE(2)));
      }
    });

    test("answers requests that are none for an upgrade", async () => {
      for (const [lines, status] of [
        [["POST / HTTP/1.1", ...request], 405],
        [["GET / HTTP/1.1", ...changed("Upgrade")], 400],
        [["GET / HTTP/1.1", ...changed("Upgrade", "Upgrade: h2c")], 400],
        [["GET / HTTP/1.1", ...changed("Connection", "Connection: close")], 400],
        [["GET / HTTP/1.1", ...changed("Sec-WebSocket-Key")], 400],
        [["GET / HTTP/1.1", ...changed("Sec-WebSocket-Key", "Sec-WebSocket-Key: x")], 400],
        [["GET / HTTP/1.1", ...changed("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8")], 400],
        [["GET /mqtt HTTP/1.1", ...request], 404],
        [["GET / HTTP/1.1", ...request, "Origin: http://evil.example"], 403],
        [["GET / HTTP/1.1", ...request, "Origin: https://app.example"], 403],
        [["GET / HTTP/1.1", ...request, "Origin: http://app.example"], 101],
        [["GET /some/path?and=query HTTP/1.1", ...request], 101],
      ] as const) {
        const answer = await ask(target, ...lines);
        assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), lines.join("\n"));
      }
    });

    test("says in the log why it refuses", async () => {
      const from = target.server.lines.length;
      await ask(target, "GET / HTTP/1.1", ...request, "Origin: http://evil.example");
      await target.server.line(
        /websocket handshake error: origin not allowed: not in the allowed list/,
        from,
      );
    });

    test("adds headers to the answer", async () => {
      assert.match(await ask(target, "GET / HTTP/1.1", ...request), /\r\nX-Served-By: tests\r\n/i);
    });

    test("logs the address that a proxy tells, and does not believe it", async () => {
      const nc = await official(target, {}, { headers: { "X-Forwarded-For": "10.1.2.3" } });
      assert.equal(nc.info?.client_ip, "127.0.0.1");
      await target.server.line(/10\.1\.2\.3\/127\.0\.0\.1:\d+ - wid:\d+/);
      await nc.close();
    });
  },
  {
    config: `
debug: true
websocket {
  listen: "127.0.0.1:-1"
  no_tls: true
  compression: true
  allowed_origins: [ "http://app.example" ]
  headers { X-Served-By: tests }
}
`,
  },
);

onEachTarget(
  "WebSocket with credentials",
  (target) => {
    test("takes them from CONNECT or from cookies", async () => {
      const nc = await official(target, { user: "ann", pass: "line" });
      await nc.close();
      const cookie = await official(target, {}, { headers: { Cookie: "u=bob; p=cookie; x=y" } });
      const who = await cookie.request("$SYS.REQ.USER.INFO", "", patient);
      assert.equal(who.json<{ data: { user: string } }>().data.user, "bob");
      await cookie.close();
      const wrong = { headers: { Cookie: "u=bob; p=guess" } };
      await assert.rejects(official(target, {}, wrong), /Authorization Violation/i);
    });

    test("says with a status that they are not good", async () => {
      const { client, closed, heard } = await dial(target);
      await heard(/INFO .*"auth_required":true/);
      client.send('CONNECT {"user":"ann","pass":"guess"}\r\n');
      assert.equal((await closed)[0], 1008);
    });

    test("holds users to it", async () => {
      const servers = target.server.url;
      await assert.rejects(connect({ servers, user: "ann", pass: "line", reconnect: false }));
    });
  },
  {
    config: `
websocket {
  listen: "127.0.0.1:-1"
  no_tls: true
  user_cookie: u
  pass_cookie: p
}
authorization {
  users [
    { user: ann, password: line, allowed_connection_types: [ WEBSOCKET ] }
    { user: bob, password: cookie }
  ]
}
`,
  },
);

onEachTarget(
  "WebSocket with an authorization of its own",
  (target) => {
    test("asks for it, while the other door is open", async () => {
      const nc = await official(target, { user: "web", pass: "s3cret" });
      await nc.close();
      await assert.rejects(official(target), /Authorization Violation/i);
      await (await connect({ servers: target.server.url })).close();
    });
  },
  {
    config: `
websocket {
  listen: "127.0.0.1:-1"
  no_tls: true
  authorization { user: web, password: s3cret }
}
`,
  },
);

onEachTarget(
  "WebSocket over TLS",
  (target) => {
    test("carries the official client, and says that it is encrypted", async () => {
      const nc = await official(target, {}, { ca });
      assert.equal(nc.info?.tls_required, true);
      assert.equal(nc.info?.tls_available, true);
      await echo(nc);
      await nc.close();
    });

    test("refuses the origin of another site", async () => {
      const { hostname, port } = new URL(await urlOf(target));
      const own = `https://${hostname}:${port}`;
      await (await official(target, {}, { ca, origin: own })).close();
      for (const origin of [`http://${hostname}:${port}`, "https://evil.example"]) {
        await assert.rejects(official(target, {}, { ca, origin }));
      }
    });

    test("answers those who do not encrypt in their words", async () => {
      const answer = await ask(target, "GET / HTTP/1.1", ...request);
      assert.match(answer, /^HTTP\/1\.0 400 Bad Request\r\n/);
    });
  },
  {
    config: (directory) => `
websocket {
  listen: "127.0.0.1:-1"
  same_origin: true
  tls {
${tlsFiles(directory)}
  }
}
`,
  },
);

onEachTarget(
  "WebSocket that asks for certificates",
  (target) => {
    test("knows who shows one, and refuses those who do not", async () => {
      const nc = await official(target, {}, { ca, cert: client.certificate, key: client.key });
      const who = await nc.request("$SYS.REQ.USER.INFO", "", patient);
      assert.equal(who.json<{ data: { user: string } }>().data.user, "CN=client,O=Oxbow");
      await nc.close();
      await assert.rejects(official(target, {}, { ca }));
    });
  },
  {
    config: (directory) => `
websocket {
  listen: "127.0.0.1:-1"
  tls {
${tlsFiles(directory)}
    verify_and_map: true
  }
}
authorization { users [ { user: "CN=client,O=Oxbow" } ] }
`,
  },
);
