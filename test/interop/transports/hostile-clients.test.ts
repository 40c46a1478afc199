import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { connect } from "@nats-io/transport-node";
import { eventually, withDeadline } from "../support/deadline.ts";
import { onEachTarget, type Target } from "../support/targets.ts";

/** Clients of each kind. Far more than what their memory may come to, if nothing were bounded. */
const clientCount = 300;
/** How much the server may grow by while they are there, collected garbage included. */
const growthMax = 200 * 1024 * 1024;

const upgrade = [
  "GET / HTTP/1.1",
  "Host: localhost",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Extensions: permessage-deflate",
  "",
  "",
].join("\r\n");

/** A frame that says it has `declaredSize` bytes. */
function frame(first: number, payload: Buffer, declaredSize: number = payload.length): Buffer {
  const head = Buffer.alloc(14);
  head[0] = first;
  head[1] = 0xff;
  head.writeBigUInt64BE(BigInt(declaredSize), 2);
  return Buffer.concat([head, payload]);
}

/** Bytes of the server's memory that are resident; `undefined` where the system does not say. */
function residentBytes(target: Target): number | undefined {
  try {
    const status = readFileSync(`/proc/${target.server.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** Many clients send `bytes` once they are greeted; resolves when the server has ended all of them. */
async function attack(target: Target, bytes: Buffer): Promise<void> {
  const { websocket = [] } = await target.server.urls();
  const { hostname, port } = new URL(websocket[0] as string);
  const before = residentBytes(target);
  let highest = 0;
  const visit = (): Promise<void> =>
    new Promise((resolve) => {
      const socket: Socket = connectTcp(Number(port), hostname);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        highest = Math.max(highest, residentBytes(target) ?? 0);
        resolve();
      });
      socket.once("end", () => socket.end());
      socket.write(upgrade);
      let said = "";
      socket.on("data", (chunk: Buffer) => {
        if (said.includes("INFO ")) return;
        said += chunk.toString("latin1");
        if (said.includes("INFO ")) socket.write(bytes);
      });
    });
  const visits = Array.from({ length: clientCount }, visit);
  await withDeadline(Promise.all(visits), () => "the end of hostile clients");
  if (before === undefined) return;
  assert.ok(highest - before < growthMax, `grew by ${highest - before} bytes`);
}

onEachTarget(
  "clients over WebSocket that have not authenticated",
  (target) => {
    // Classes of CVE-2026-27571 and CVE-2026-33219: memory that strangers can make a server use.
    test("cannot blow up memory with compression", async () => {
      const bomb = deflateRawSync(Buffer.alloc(15_000_000));
      assert.ok(bomb.length < 16_000);
      await attack(target, frame(0xc2, bomb));
    });

    test("cannot make the server keep a huge frame", async () => {
      await attack(target, frame(0x82, Buffer.alloc(100_000), 2 ** 40));
      await attack(target, frame(0x02, Buffer.alloc(15_000)));
    });

    // Class of CVE-2026-27889: lengths that overflow.
    test("cannot end the server with the length of a frame", async () => {
      for (const declared of [2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 53n + 1n]) {
        const bytes = frame(0x82, Buffer.from("x"));
        bytes.writeBigUInt64BE(declared, 2);
        await attack(target, bytes);
      }
    });

    test("leave everybody else alone", async () => {
      // On a slow machine even they may not have shown who they are within the second that there is.
      const login = { servers: target.server.url, user: "a", pass: "b", reconnect: false };
      const nc = await eventually("a connection", () => connect(login).catch(() => undefined));
      assert.ok((await nc.rtt()) >= 0);
      await nc.close();
    });
  },
  {
    config: `
authorization { user: a, password: b, timeout: 1 }
websocket { listen: "127.0.0.1:-1", no_tls: true, compression: true }
`,
  },
);
