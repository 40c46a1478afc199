import type { Engine, HeardMessage } from "@oxbow/engine";
import type { LoadedPlatform, PlatformPlace } from "./loaded-platform.ts";

/** The queue group in which platforms share requests. */
const serviceQueue = "oxbow";
/** Requests that wait while the platform is being loaded. */
const waitingMax = 1_024;
/** Pairs of a client and a stream, or a consumer, of which it is known what they do. */
const activeClientsMax = 10_000;
/** Streams without which nothing has to be known before somebody asks. */
const ownStream = /^(?:KV_oxbow|OXBOW_.*|.*\$1)$/;

/**
 * The platform of one account. Its program takes 20 MiB and 300 ms to load, so it is loaded when somebody first asks for
 * it, or makes something that it has to know of. Until then it costs a few subscriptions. If there is such a thing when
 * the server starts, it is loaded before anybody can come in.
 */
export class AccountPlatform {
  readonly #place: PlatformPlace;
  readonly #waiting: HeardMessage[] = [];
  #hears: readonly (() => void)[] = [];
  #loaded: LoadedPlatform | undefined = undefined;
  #loading: Promise<LoadedPlatform> | undefined = undefined;
  #hasFailed = false;
  #isClosed = false;

  constructor(place: PlatformPlace) {
    this.#place = place;
  }

  /** @throws What keeps the platform from being loaded, where it must be */
  async open(): Promise<void> {
    const { engine, account } = this.#place;
    engine.watchClients(account, activeClientsMax);
    if (isNeeded(engine, account)) {
      await this.#load();
      return;
    }
    const hear = (subject: string, queue: string, handle: (message: HeardMessage) => void) =>
      engine.hear(account, subject, queue, handle);
    const wait = (message: HeardMessage): void => this.#wait(message);
    this.#hears = [
      hear("$OXBOW.API.>", serviceQueue, wait),
      hear("$SRV.*", "", wait),
      hear("$SRV.*.oxbow", "", wait),
      hear("$JS.EVENT.ADVISORY.STREAM.CREATED.*", "", ({ subject }) => {
        if (ownStream.test(subject.slice(subject.lastIndexOf(".") + 1))) this.#wake();
      }),
    ];
  }

  /** Whether it answers requests, or would: it has not failed to be loaded, and has its connection. */
  get isWell(): boolean {
    return !this.#hasFailed && (this.#loaded === undefined || this.#loaded.isConnected);
  }

  /** Ends it in order: what is under way is answered. */
  async close(): Promise<void> {
    this.#stopHearing();
    this.#isClosed = true;
    const loaded = await this.#loading?.catch(() => undefined);
    await loaded?.close();
  }

  /** Ends it at once. */
  destroy(): void {
    this.#stopHearing();
    this.#isClosed = true;
    void this.#loading?.then(
      (loaded) => loaded.destroy(),
      () => undefined,
    );
  }

  #wait(message: HeardMessage): void {
    if (message.reply === undefined) return;
    if (this.#waiting.length >= waitingMax) {
      message.respond(failure("API_BUSY", "the platform has too many requests: try again"));
      return;
    }
    this.#waiting.push(message);
    this.#wake();
  }

  #wake(): void {
    if (this.#loading !== undefined || this.#isClosed) return;
    void this.#load().then(
      (loaded) => this.#handOver(loaded),
      (error: Error) => this.#failWaiting(error),
    );
  }

  #load(): Promise<LoadedPlatform> {
    const loading = import("./loaded-platform.ts").then(({ LoadedPlatform }) =>
      LoadedPlatform.open(this.#place),
    );
    this.#loading = loading;
    loading.then(
      (loaded) => {
        this.#hasFailed = false;
        this.#loaded = loaded;
      },
      () => {
        this.#hasFailed = true;
      },
    );
    return loading;
  }

  /** From here on the platform itself gets what is asked; what came before is handed over, in its order. */
  #handOver(loaded: LoadedPlatform): void {
    this.#stopHearing();
    for (const message of this.#waiting.splice(0)) loaded.take(message);
  }

  /** The next one who asks has it tried again. */
  #failWaiting(error: Error): void {
    this.#loading = undefined;
    const { account, logger } = this.#place;
    logger.error({ account, error: error.message }, "the platform can't be opened");
    const answer = failure("API_UNAVAILABLE", "the platform can't be opened; the log says why");
    for (const message of this.#waiting.splice(0)) message.respond(answer);
  }

  #stopHearing(): void {
    for (const stop of this.#hears) stop();
    this.#hears = [];
  }
}

/** Whether an account has what the platform must know of before anybody publishes. */
function isNeeded({ jetstreams }: Engine, account: string): boolean {
  const jetstream = jetstreams.find(({ services }) => services.account.name === account);
  for (const { name, config } of jetstream?.streams.values() ?? []) {
    const isStation = config.metadata?.["oxbow.station"] !== undefined;
    if (ownStream.test(name) || (isStation && config.max_msg_size > 0)) return true;
  }
  return false;
}

/** As the contract of the control API has it, without loading that. */
function failure(code: "API_BUSY" | "API_UNAVAILABLE", message: string): Buffer {
  const kind = code === "API_BUSY" ? "exhausted" : "unavailable";
  return Buffer.from(JSON.stringify({ error: { code, message, kind, retryable: true } }));
}
