import type { Socket } from "@oxbow/base";
import { type ServerHandler, ServerParser } from "@oxbow/wire/nats";
import type { MemphisEngine } from "./memphis-engine.ts";

/** What of the engine's INFO means something to an SDK. */
const passed = ["server_id", "server_name", "version", "proto", "headers", "jetstream"] as const;

/** What the engine says about itself, as clients of the gateway are told. */
export class EngineInfo {
  readonly #info: Readonly<Record<string, unknown>>;
  #clients = 0;

  private constructor(info: Readonly<Record<string, unknown>>) {
    this.#info = info;
  }

  /** Asks the engine. @throws where it can't be reached */
  static async ask(engine: MemphisEngine): Promise<EngineInfo> {
    return new EngineInfo(await firstInfo(await engine.dial({ address: "", port: 0 })));
  }

  /** Bytes of the largest message. */
  get payloadMax(): number {
    const max = this.#info["max_payload"];
    return typeof max === "number" ? max : 1024 * 1024;
  }

  /** What a new client is told. It is always asked for credentials, as SDKs have some in any case. */
  forClient({ remoteAddress }: Socket): Readonly<Record<string, unknown>> {
    const known = passed.map((name) => [name, this.#info[name]] as const);
    return {
      ...Object.fromEntries(known.filter(([, value]) => value !== undefined)),
      max_payload: this.payloadMax,
      client_id: ++this.#clients,
      client_ip: remoteAddress,
      auth_required: this.#info["auth_required"] === true,
    };
  }
}

function firstInfo(socket: Socket): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const ignore = (): void => {};
    const fail = (): void => reject(new Error("the engine does not speak the protocol of NATS"));
    const handler: ServerHandler = {
      onInfo: (buffer, start, end) => {
        resolve(parsed(buffer.toString("utf8", start, end)));
        socket.destroy();
      },
      onMessage: ignore,
      onOk: ignore,
      onError: fail,
      onPing: ignore,
      onPong: ignore,
      onProtocolError: fail,
    };
    const parser = new ServerParser(handler, { controlLineMax: 1024 * 1024, payloadMax: 0 });
    socket.attach({
      onData: (chunk) => parser.parse(chunk),
      onDrain: ignore,
      onClose: fail,
    });
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
