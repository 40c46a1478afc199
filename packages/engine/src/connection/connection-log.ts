import type { Logger } from "@oxbow/base";
import { goQuote } from "@oxbow/wire/go-text";
import { type ConnectOptions, defaultConnectOptions } from "./connect-options.ts";
import { connectionLabel } from "./connection-label.ts";
import type { Door } from "./door.ts";
import { ProtocolTrace, type ProtocolTraceOptions } from "./protocol-trace.ts";

/** What the log is told of one connection, in the words of nats-server. */
export class ConnectionLog {
  /** What the client says of itself. */
  options: ConnectOptions = defaultConnectOptions;
  readonly #logger: Logger;
  readonly #id: number;
  readonly #door: Door;

  constructor(logger: Logger, id: number, door: Door) {
    this.#logger = logger;
    this.#id = id;
    this.#door = door;
  }

  created(): void {
    this.#logger.debug({ connection: this.#label }, "Client connection created");
  }

  closed(reason: string): void {
    this.#logger.debug({ connection: this.#label }, `Client connection closed: ${reason}`);
  }

  /** It is not let in, as `user`. */
  refused(user: string, reason: string): void {
    const text = `authentication error - User ${quoteUser(user)}`;
    this.#logger.error({ connection: this.#label, reason }, text);
  }

  /** It wanted what it may not do. */
  violated(text: string, user: string): void {
    this.#logger.error(
      { connection: this.#label },
      `${text} - User ${user === "" ? "N/A" : goQuote(user)}`,
    );
  }

  /** It takes what waits for it too slowly. */
  slow(reason: string, pendingBytes: number): void {
    this.#logger.warn({ connection: this.#label, pendingBytes }, reason);
  }

  /** Tells what goes in and out. */
  protocolTrace(options: ProtocolTraceOptions): ProtocolTrace {
    const logger = this.#logger;
    return new ProtocolTrace(options, (text) => logger.trace({ connection: this.#label }, text));
  }

  /** What the log calls it. */
  get #label(): string {
    const { address, port, forwardedAddress, type } = this.#door;
    return connectionLabel({
      ...this.options,
      id: this.#id,
      address,
      port,
      isWebSocket: type === "WEBSOCKET",
      forwardedAddress,
    });
  }
}

function quoteUser(user: string): string {
  return goQuote(user || "N/A");
}
