import { Engine } from "../../src/engine.ts";
import type { EngineOptions } from "../../src/engine-options.ts";
import { type ManualSocket, TestHost } from "./test-host.ts";

/** An engine without JetStream in a world of its own. */
export async function openEngine(
  options: EngineOptions = {},
): Promise<{ engine: Engine; host: TestHost }> {
  const host = new TestHost();
  const engine = await Engine.open(
    { listen: { host: "127.0.0.1", port: 0 }, jetstream: { enabled: false }, ...options },
    host,
  );
  return { engine, host };
}

/** The CONNECT of a usual client, with `options` changed. */
export function connectLine(options: Readonly<Record<string, unknown>> = {}): string {
  const usual = {
    verbose: false,
    pedantic: false,
    protocol: 1,
    headers: true,
    no_responders: true,
  };
  return `CONNECT ${JSON.stringify({ ...usual, ...options })}\r\n`;
}

/** A client that is connected and greeted. */
export function connectClient(
  host: TestHost,
  options: Readonly<Record<string, unknown>> = {},
): ManualSocket {
  const socket = host.connect();
  socket.send(connectLine(options));
  return socket;
}
