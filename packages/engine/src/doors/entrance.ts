import type { Clock, Socket, SocketHandler, Timer } from "@oxbow/base";
import {
  PROXY_HEADER_SIZE_MAX,
  type ProxySource,
  readProxyHeader,
} from "@oxbow/wire/proxy-protocol";
import type { PeerCertificate } from "../auth/identity.ts";
import type { Arriving } from "../connection/connection-registry.ts";
import type { DoorLog } from "./door-log.ts";
import { handshakeFallbackMs, PortTls } from "./port-tls.ts";

/** How long a proxy may take for its header. It sends it at once. */
export const proxyHeaderTimeoutMs = 2_000;

const tlsRequiredText = "Secure Connection - TLS Required";
const throttledText = "Connection throttling is active. Please try again later.";

/** What an entrance ends in: a connection that can begin. */
export interface Entered {
  readonly socket: Socket;
  /** What was read beyond the entrance. */
  readonly head: Buffer;
  readonly certificate: PeerCertificate | undefined;
  /** Where the client is, if a proxy has said so. */
  readonly source: ProxySource | undefined;
  /** Whether it was greeted before it was encrypted. */
  readonly isGreeted: boolean;
}

/** What a port asks of those who come. */
export interface EntranceRules {
  readonly clock: Clock;
  readonly log: DoorLog;
  readonly tls: PortTls | undefined;
  /** Whether it may be done without `tls`. */
  readonly allowsPlain: boolean;
  /** Whether clients begin with the handshake, before they are greeted: `auto`, those that begin it in time. */
  readonly beginsEncrypted: boolean | "auto";
  readonly readsProxyHeader: boolean;
}

/** The port's side of an entrance. */
export interface EntranceOwner {
  /** The greeting, which is sent in clear. */
  greet(): Buffer;
  /** Says in clear why there is no connection. */
  refuse(errorText: string): Buffer;
  /** The client is in. */
  onEntered(entered: Entered): void;
  /** The client is not in, and its connection is over. */
  onTurnedAway(): void;
}

/**
 * Where somebody is on the way in. Each step but the last has a timer.
 *
 *     proxy-header ─► first-bytes ─► choice ─► handshake ─► over
 *
 * `first-bytes`: a client that begins with the handshake, before it is greeted. `choice`: greeted, and it is seen from
 * its first byte whether it encrypts.
 */
type Step = "proxy-header" | "first-bytes" | "choice" | "handshake" | "over";

/**
 * What comes before the client protocol on a port: the header of a proxy, and encryption. Keeps at most
 * {@link PROXY_HEADER_SIZE_MAX} bytes and one chunk.
 */
export class Entrance implements SocketHandler, Arriving {
  readonly #socket: Socket;
  readonly #rules: EntranceRules;
  readonly #owner: EntranceOwner;
  #step: Step = "over";
  #timer: Timer | undefined = undefined;
  #head: Buffer = Buffer.alloc(0);
  #source: ProxySource | undefined = undefined;
  #isGreeted = false;

  constructor(socket: Socket, rules: EntranceRules, owner: EntranceOwner) {
    this.#socket = socket;
    this.#rules = rules;
    this.#owner = owner;
  }

  /** Whether there is anything to do before a client comes in. */
  static isNeeded(rules: EntranceRules): boolean {
    return rules.tls !== undefined || rules.readsProxyHeader;
  }

  /** Takes the socket over. */
  begin(): void {
    this.#socket.attach(this);
    // Who comes without a proxy waits for the greeting, and a proxy does not mind it.
    if (!this.#rules.beginsEncrypted) this.#greet();
    if (!this.#rules.readsProxyHeader) this.#beginTls();
    else this.#wait("proxy-header", proxyHeaderTimeoutMs);
  }

  /** Says why, and closes the connection, which has not begun. */
  refuse(errorText: string): void {
    this.#socket.attach(this);
    if (!this.#rules.beginsEncrypted) this.#greet();
    this.#rules.log.ignored(this.#socket, errorText);
    this.#turnAway(errorText);
  }

  destroy(): void {
    if (this.#step === "over") return;
    this.#over();
    this.#socket.destroy();
    this.#owner.onTurnedAway();
  }

  onData(chunk: Buffer): void {
    if (this.#step === "over") return;
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    this.#read();
  }

  onDrain(): void {}

  onClose(): void {
    if (this.#step === "over") return;
    this.#over();
    this.#owner.onTurnedAway();
  }

  #greet(): void {
    this.#isGreeted = true;
    this.#socket.write(this.#owner.greet());
  }

  #wait(step: Step, timeoutMs: number): void {
    this.#timer?.cancel();
    this.#step = step;
    this.#timer = this.#rules.clock.setTimer(timeoutMs, () => this.#onTimeout());
  }

  /** Goes on with what has come. */
  #read(): void {
    if (this.#step === "proxy-header") this.#readProxyHeader();
    else if (this.#step === "first-bytes" || this.#step === "choice") this.#choose();
  }

  #readProxyHeader(): void {
    const header = readProxyHeader(this.#head);
    if (header.t === "incomplete") return;
    if (header.t === "invalid") {
      this.#rules.log.refused(
        this.#socket,
        `Error reading PROXY protocol header: ${header.reason}`,
      );
      this.#turnAway(undefined);
      return;
    }
    if (header.t === "header") {
      this.#source = header.source;
      this.#head = this.#head.subarray(header.size);
    }
    this.#beginTls();
  }

  #beginTls(): void {
    const { tls } = this.#rules;
    if (tls === undefined) {
      this.#enter(this.#socket, undefined);
      return;
    }
    if (this.#isGreeted) this.#wait("choice", tls.timeoutMs);
    else if (this.#rules.beginsEncrypted === "auto") {
      this.#wait("first-bytes", tls.options.autoFallbackMs ?? handshakeFallbackMs);
    } else this.#wait("first-bytes", tls.timeoutMs);
    if (this.#head.length > 0) this.#choose();
  }

  /** The first byte is there. */
  #choose(): void {
    const tls = this.#rules.tls as PortTls;
    if (PortTls.isHandshake(this.#head)) this.#secure(tls);
    else if (this.#rules.allowsPlain && this.#isGreeted) this.#enter(this.#socket, undefined);
    else {
      this.#rules.log.ignored(this.#socket, "plain data on a port of TLS");
      this.#turnAway(tlsRequiredText);
    }
  }

  #secure(tls: PortTls): void {
    if (!tls.admits()) {
      this.#rules.log.refused(this.#socket, throttledText);
      this.#turnAway(throttledText);
      return;
    }
    const head = this.#head;
    this.#head = Buffer.alloc(0);
    this.#wait("handshake", tls.timeoutMs);
    tls.secure(this.#socket, head, (result) => {
      if (this.#step !== "handshake") {
        if (!(result instanceof Error)) result.socket.destroy();
      } else if (result instanceof Error) this.#failTls(result);
      else this.#enter(result.socket, result.certificate);
    });
  }

  #failTls(error: Error): void {
    const text = `TLS handshake error: ${error.message.trim()}`;
    // Those that look whether somebody listens leave in the middle.
    if ((error as { readonly code?: unknown }).code === "ECONNRESET") {
      this.#rules.log.ignored(this.#socket, text);
    } else this.#rules.log.refused(this.#socket, text);
    this.#turnAway(undefined);
  }

  #onTimeout(): void {
    const { tls, allowsPlain, beginsEncrypted } = this.#rules;
    if (this.#step === "first-bytes" && beginsEncrypted === "auto") {
      this.#greet();
      this.#wait("choice", (tls as PortTls).timeoutMs);
    } else if (this.#step === "choice" && allowsPlain) {
      this.#enter(this.#socket, undefined);
    } else {
      const isSilent = this.#step === "choice" || this.#step === "first-bytes";
      this.#rules.log.ignored(this.#socket, `timeout (${this.#step})`);
      this.#turnAway(isSilent ? tlsRequiredText : undefined);
    }
  }

  #enter(socket: Socket, certificate: PeerCertificate | undefined): void {
    this.#over();
    this.#owner.onEntered({
      socket,
      head: this.#head,
      certificate,
      source: this.#source,
      isGreeted: this.#isGreeted,
    });
  }

  /** Closes the connection, with a text in clear if it is in clear. */
  #turnAway(errorText: string | undefined): void {
    this.#over();
    if (errorText === undefined) this.#socket.destroy();
    else {
      this.#socket.write(this.#owner.refuse(errorText));
      this.#socket.end();
    }
    this.#owner.onTurnedAway();
  }

  #over(): void {
    this.#step = "over";
    this.#timer?.cancel();
  }
}
