// Measures what clients that have not authenticated cost a server in resident memory:
// `node bench/micro/strangers.bench.ts [count] [name of a case]`. Each case has a server of its own, in a process of its
// own, that has seen 200 strangers come and go before: what is loaded and compiled for them is not counted.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { Engine, type EngineOptions } from "@oxbow/engine";
import { nodeHost } from "@oxbow/node-host";
import { CertificateAuthority } from "@oxbow/testkit/certificates";

type Door = "tcp" | "tls" | "websocket" | "websocket-deflate" | "websocket-tls" | "leafnode";

interface Case {
  readonly name: string;
  readonly door: Door;
  /** Waits for the greeting before it sends `bytes`. */
  readonly isGreeted?: boolean;
  readonly bytes?: Buffer;
}

/** What a server's process says of its memory. */
interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
}

const MIB = 1024 * 1024;
const authTimeoutMs = 600_000;

const upgrade = Buffer.from(
  [
    "GET / HTTP/1.1",
    "Host: localhost",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Extensions: permessage-deflate",
    "",
    "",
  ].join("\r\n"),
);

/** A frame that says it has `declaredSize` bytes. */
function frame(first: number, payload: Buffer, declaredSize: number): Buffer {
  const head = Buffer.alloc(14);
  head[0] = first;
  head[1] = 0xff;
  head.writeBigUInt64BE(BigInt(declaredSize), 2);
  return Buffer.concat([head, payload]);
}

function wholeFrame(first: number, payload: Buffer): Buffer {
  return frame(first, payload, payload.length);
}

const bomb = deflateRawSync(Buffer.alloc(2_000_000));
/** Sixteen thousand bytes that are one operation which does not end, in pieces of a network's size. */
const spaces = Buffer.alloc(4_000, " ");

const cases: readonly Case[] = [
  { name: "TCP, greeted", door: "tcp" },
  {
    name: "TCP, unfinished CONNECT",
    door: "tcp",
    isGreeted: true,
    bytes: Buffer.concat([Buffer.from("CONNECT "), spaces]),
  },
  { name: "TLS, unfinished handshake", door: "tls", bytes: Buffer.from([0x16, 3, 1, 2, 0, 1]) },
  { name: "leaf node, greeted", door: "leafnode" },
  { name: "WebSocket, unfinished request", door: "websocket", bytes: upgrade.subarray(0, -2) },
  { name: "WebSocket, greeted", door: "websocket", isGreeted: true },
  {
    name: "WebSocket, frame of 1 MiB begun",
    door: "websocket",
    isGreeted: true,
    bytes: frame(0x82, Buffer.alloc(0), MIB),
  },
  {
    name: "WebSocket, 16,000 B of a frame of 1 MiB",
    door: "websocket",
    isGreeted: true,
    bytes: frame(0x82, Buffer.alloc(16_000), MIB),
  },
  {
    name: "WebSocket, 16,000 B of a message in frames of 100 B",
    door: "websocket",
    isGreeted: true,
    bytes: Buffer.concat(
      Array.from({ length: 140 }, (_, index) =>
        wholeFrame(index === 0 ? 0x02 : 0x00, Buffer.alloc(100)),
      ),
    ),
  },
  { name: "WebSocket with compression, greeted", door: "websocket-deflate", isGreeted: true },
  {
    name: "WebSocket with compression, a bomb each",
    door: "websocket-deflate",
    isGreeted: true,
    bytes: wholeFrame(0xc2, bomb),
  },
  {
    name: "WebSocket with compression, a good message each",
    door: "websocket-deflate",
    isGreeted: true,
    bytes: wholeFrame(0xc2, deflateRawSync(Buffer.from("\r\n\r\nCONNECT "))),
  },
  {
    name: "WebSocket with compression, begun",
    door: "websocket-deflate",
    isGreeted: true,
    bytes: frame(0xc2, bomb.subarray(0, 1_000), 15_000),
  },
];

if (process.argv[2] === "server") await serve(process.argv[3] as Door);
else await main(Number(process.argv[2] ?? 1_000), process.argv[3]);

/** The server's process. */
async function serve(door: Door): Promise<void> {
  const authority = new CertificateAuthority();
  const encryption = { certificates: [authority.issueForLoopback()], timeoutMs: authTimeoutMs };
  const loopback = { host: "127.0.0.1", port: 0 };
  const options: EngineOptions = {
    listen: loopback,
    jetstream: { enabled: false },
    limits: { authTimeoutMs },
    auth: { mode: "token", token: "secret" },
    ...(door === "tls" && { tls: encryption }),
    ...(door === "leafnode" && { leafnodes: { ...loopback, authTimeoutMs } }),
    ...(door.startsWith("websocket") && {
      websocket: {
        ...loopback,
        compression: door === "websocket-deflate",
        handshakeTimeoutMs: authTimeoutMs,
        tls: door === "websocket-tls" ? encryption : undefined,
      },
    }),
  };
  const engine = await Engine.open(options, nodeHost());
  const { client, websocket, leafnodes } = engine.addresses;
  process.on("message", () => {
    for (let round = 0; round < 4; round++) globalThis.gc?.();
    process.send?.(process.memoryUsage());
  });
  process.on("disconnect", () => process.exit());
  process.send?.((websocket ?? leafnodes ?? client)?.port);
}

async function memoryOf(server: ChildProcess): Promise<Memory> {
  server.send("memory");
  const [memory] = await once(server, "message");
  return memory as Memory;
}

/** Strangers who come, and stay until they are told to go or the server has closed them. */
async function visit(
  port: number,
  { door, isGreeted, bytes }: Case,
  count: number,
): Promise<Visit> {
  const isWebSocket = door.startsWith("websocket");
  const sockets = Array.from({ length: count }, () => {
    const socket =
      door === "websocket-tls"
        ? tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false })
        : net.connect(port, "127.0.0.1");
    socket.on("error", () => {});
    return socket;
  });
  await Promise.all(
    sockets.map(async (socket) => {
      await once(socket, door === "websocket-tls" ? "secureConnect" : "connect");
      if (isWebSocket && isGreeted) socket.write(upgrade);
      if (isGreeted || door === "tcp" || door === "leafnode") await greeting(socket);
      socket.resume();
      if (bytes) socket.write(bytes);
    }),
  );
  // A whole round trip after the last byte: what the server does with it is done.
  for (let round = 0; round < 20; round++) await new Promise((done) => setTimeout(done, 50));
  return {
    openCount: sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length,
    async end() {
      const ends = sockets.map((socket) => socket.destroyed || once(socket, "close"));
      for (const socket of sockets) socket.destroy();
      await Promise.all(ends);
    },
  };
}

interface Visit {
  readonly openCount: number;
  end(): Promise<void>;
}

async function greeting(socket: net.Socket): Promise<void> {
  for (let said = ""; !said.includes("INFO "); ) {
    const [chunk] = await once(socket, "data");
    said += String(chunk);
  }
}

async function measure(one: Case, count: number): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ["server", one.door], {
    execArgv: ["--expose-gc", ...process.execArgv],
  });
  const [port] = (await once(server, "message")) as [number];
  // Code is loaded and compiled before anything is counted.
  await (await visit(port, one, 200)).end();
  const before = await memoryOf(server);
  const strangers = await visit(port, one, count);
  const after = await memoryOf(server);
  const grown = (key: keyof Memory): string => ((after[key] - before[key]) / MIB).toFixed(1);
  console.log(
    `${one.name.padEnd(52)} RSS +${grown("rss")} MiB, heap +${grown("heapUsed")} (of +${grown("heapTotal")}), ` +
      `external +${grown("external")}; ${strangers.openCount} still there`,
  );
  await strangers.end();
  server.kill();
}

async function main(count: number, wanted = ""): Promise<void> {
  for (const one of cases) if (one.name.includes(wanted)) await measure(one, count);
}
