import type {
  Clock,
  Disk,
  Farewell,
  Host,
  Listener,
  Logger,
  Net,
  PasswordHashes,
  Random,
  Socket,
  SocketHandler,
  Timer,
  TlsContext,
  TlsContextOptions,
  TlsSession,
  UpgradeJudge,
  WebSocketContext,
  WebSocketContextOptions,
} from "@oxbow/base";
import { silentLogger } from "@oxbow/base";
import { simPasswordHashes } from "@oxbow/testkit";

/** A clock that stands still until it is advanced. `endTurn` runs what waits for the turn to be over. */
export class ManualClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; fire: () => void }[] = [];
  #afterTurn: (() => void)[] = [];

  nowMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const timer = { atMs: this.#nowMs + delayMs, fire };
    this.#timers.push(timer);
    return { cancel: () => this.#remove(timer) };
  }

  afterTurn(run: () => void): void {
    this.#afterTurn.push(run);
  }

  get timerCount(): number {
    return this.#timers.length;
  }

  endTurn(): void {
    const runs = this.#afterTurn;
    this.#afterTurn = [];
    for (const run of runs) run();
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.atMs <= untilMs);
      const next = due.sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      this.#remove(next);
      next.fire();
    }
    this.#nowMs = untilMs;
    this.endTurn();
  }

  #remove(timer: { atMs: number; fire: () => void }): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }
}

/** A connection whose client is the test: `send` is what the client writes, `received` what it got. */
export class ManualSocket implements Socket {
  readonly remoteAddress = "127.0.0.1";
  readonly remotePort = 50_000;
  tls: TlsSession | undefined = undefined;
  received = "";
  writeCount = 0;
  isEnded = false;
  isDestroyed = false;
  isPaused = false;
  /** Whether what is written is taken at once; else it stays pending until `drain`. */
  takes = true;
  /** What it was asked to do when it was asked to encrypt. */
  upgrade:
    | { context: WebSocketContext; judge: UpgradeJudge; done: (result: Socket | Error) => void }
    | undefined;
  isTrusted = false;
  farewell: Farewell | undefined = undefined;
  tlsStart: { head: Buffer; done: (result: Socket | Error) => void } | undefined;
  #pending: { size: number; flushed: (() => void) | undefined }[] = [];
  #handler: SocketHandler | undefined;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  get pendingBytes(): number {
    return this.#pending.reduce((sum, { size }) => sum + size, 0);
  }

  attach(handler: SocketHandler): void {
    this.#handler = handler;
  }

  write(data: Uint8Array, flushed?: () => void): void {
    this.writeCount++;
    this.received += Buffer.from(data).toString("latin1");
    if (this.takes) flushed?.();
    else this.#pending.push({ size: data.length, flushed });
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(farewell?: Farewell): void {
    this.isEnded = true;
    this.farewell = farewell;
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  /** The test makes the handshake: it calls `tlsStart.done` with the socket to go on with. */
  startTls(_context: TlsContext, head: Buffer, done: (result: Socket | Error) => void): void {
    this.#handler = undefined;
    this.tlsStart = { head, done };
  }

  /** The test makes the upgrade: it calls `upgrade.done` with the socket to go on with. */
  startWebSocket(
    context: WebSocketContext,
    judge: UpgradeJudge,
    done: (result: Socket | Error) => void,
  ): void {
    this.#handler = undefined;
    this.upgrade = { context, judge, done };
  }

  trust(): void {
    this.isTrusted = true;
  }

  /** The client sends `text`, in chunks of `chunkSize`, and the turn ends. Returns what it got since it last sent. */
  send(text: string, chunkSize: number = text.length): string {
    const bytes = Buffer.from(text, "latin1");
    for (let start = 0; start < bytes.length; start += chunkSize) {
      this.#handler?.onData(Buffer.from(bytes.subarray(start, start + chunkSize)));
    }
    return this.take();
  }

  /** Ends the turn and returns what the client got since the last time. */
  take(): string {
    this.#clock.endTurn();
    const received = this.received;
    this.received = "";
    return received;
  }

  /** The client takes the oldest `count` writes that wait for it. */
  drain(count = 1): void {
    for (const { flushed } of this.#pending.splice(0, count)) flushed?.();
  }

  /** The connection is over. */
  closeByPeer(): void {
    this.#handler?.onClose(undefined);
  }

  /** The handshake asked for is done. Returns the encrypted connection; `shown` is the client's certificate in DER. */
  secure(shown?: Buffer): ManualSocket {
    const secured = new ManualSocket(this.#clock);
    secured.tls = {
      version: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      peerCertificate: shown,
      peerIssuers: [],
    };
    this.tlsStart?.done(secured);
    return secured;
  }

  /** The handshake asked for fails. */
  failTls(reason: string): void {
    this.tlsStart?.done(new Error(reason));
  }
}

class ManualNet implements Net {
  onConnection: ((socket: Socket) => void) | undefined;
  isListening = false;
  addresses: readonly string[] = [];
  webSocketOptions: WebSocketContextOptions | undefined = undefined;

  createTlsContext(_options: TlsContextOptions): TlsContext {
    return { kind: "tls-context" };
  }

  createWebSocketContext(options: WebSocketContextOptions): WebSocketContext {
    this.webSocketOptions = options;
    return { kind: "web-socket-context" };
  }

  publicAddresses(): readonly string[] {
    return this.addresses;
  }

  listen(
    options: { readonly host: string; readonly port: number },
    onConnection: (socket: Socket) => void,
  ): Promise<Listener> {
    this.onConnection = onConnection;
    this.isListening = true;
    const close = async (): Promise<void> => {
      this.isListening = false;
    };
    return Promise.resolve({ host: options.host, port: options.port || 4222, close });
  }
}

/** A linear congruential generator: enough for tests, and the same each time. */
class CountedRandom implements Random {
  #state = 1;

  fill(target: Uint8Array): void {
    for (let index = 0; index < target.length; index++) target[index] = this.below(256);
  }

  below(end: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * end);
  }
}

/** Passwords are checked, and it is known how often. */
class CountedHashes implements PasswordHashes {
  count = 0;

  verify(password: string, hash: string): Promise<boolean> {
    this.count++;
    return simPasswordHashes.verify(password, hash);
  }
}

/** A world in which nothing happens unless the test makes it happen. It has no disk. */
export class TestHost implements Host {
  readonly clock: ManualClock = new ManualClock();
  readonly random: Random = new CountedRandom();
  readonly disk: Disk = {} as Disk;
  readonly net: ManualNet = new ManualNet();
  readonly passwordHashes: CountedHashes = new CountedHashes();
  readonly logger: Logger = silentLogger;

  /** A client connects. */
  connect(): ManualSocket {
    const socket = new ManualSocket(this.clock);
    this.net.onConnection?.(socket);
    return socket;
  }
}
