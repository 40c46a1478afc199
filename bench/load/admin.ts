import { Connection } from "./connection.ts";
import type { Frame } from "./scanner.ts";

const REQUEST_TIMEOUT_MS = 60_000;
const STATUS_NO_RESPONDERS = "NATS/1.0 503";

/** The part of a stream's configuration that the cases set. */
export interface StreamSpec {
  name: string;
  subjects: readonly string[];
  allow_atomic?: boolean;
  allow_batched?: boolean;
}

/** The part of `STREAM.INFO` that the cases check. */
export interface StreamState {
  messages: number;
  last_seq: number;
}

/** The part of `CONSUMER.INFO` that the cases check. */
export interface ConsumerState {
  num_ack_pending: number;
  num_redelivered: number;
  ack_floor: { stream_seq: number };
}

interface ApiAnswer {
  /** Of JetStream, or with `message` of the platform. */
  error?: { code: number | string; err_code?: number; description?: string; message?: string };
  state?: StreamState;
}

interface Waiting {
  resolve(answer: ApiAnswer): void;
  reject(error: Error): void;
}

/** A small JetStream API client: enough to set a case up and to check its outcome. */
export class Admin {
  readonly #waiting = new Map<string, Waiting>();
  #connection: Connection | undefined;
  #tokenLast = 0;

  private constructor() {}

  static async open(port: number): Promise<Admin> {
    const admin = new Admin();
    admin.#connection = await Connection.openSubscribed(port, "_INBOX.admin.*", {
      onMessage: (buffer, frame) => admin.#answered(buffer, frame),
      onReadEnd: () => {},
      onFailure: (error) => admin.#failAll(error),
    });
    return admin;
  }

  /** @throws Error if the API answers with an error, nobody answers, or `timeoutMs` passes. */
  async request(
    subject: string,
    body: unknown,
    timeoutMs: number = REQUEST_TIMEOUT_MS,
  ): Promise<ApiAnswer> {
    const token = String(++this.#tokenLast);
    const text = body === undefined ? "" : JSON.stringify(body);
    const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
    const timer = setTimeout(() => reject(new Error(`no answer to ${subject}`)), timeoutMs);
    this.#waiting.set(token, { resolve, reject });
    const size = Buffer.byteLength(text);
    this.#connection?.write(`PUB ${subject} _INBOX.admin.${token} ${size}\r\n${text}\r\n`);
    try {
      const answer = await promise;
      if (answer.error) {
        const { code, err_code, description, message } = answer.error;
        throw new Error(`${subject}: ${description ?? message} (${err_code ?? code})`);
      }
      return answer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(token);
    }
  }

  /** Does something for each, many at a time, because a thousand round trips in a row take long. */
  async forEach<T>(items: readonly T[], ask: (item: T) => Promise<unknown>): Promise<void> {
    const parallel = 32;
    for (let start = 0; start < items.length; start += parallel) {
      await Promise.all(items.slice(start, start + parallel).map(ask));
    }
  }

  /** Creates file streams. */
  async createStreams(specs: readonly StreamSpec[]): Promise<void> {
    await this.forEach(specs, (spec) =>
      this.request(`$JS.API.STREAM.CREATE.${spec.name}`, {
        ...spec,
        storage: "file",
        retention: "limits",
      }),
    );
  }

  async createPullConsumer(stream: string, name: string, ackPendingMax: number): Promise<void> {
    await this.request(`$JS.API.CONSUMER.CREATE.${stream}.${name}`, {
      stream_name: stream,
      config: {
        name,
        durable_name: name,
        deliver_policy: "all",
        ack_policy: "explicit",
        ack_wait: 30_000_000_000,
        max_ack_pending: ackPendingMax,
      },
    });
  }

  async streamState(stream: string): Promise<StreamState> {
    const answer = await this.request(`$JS.API.STREAM.INFO.${stream}`, undefined);
    if (!answer.state) throw new Error(`STREAM.INFO of ${stream} has no state`);
    return answer.state;
  }

  async consumerState(stream: string, name: string): Promise<ConsumerState> {
    const answer = await this.request(`$JS.API.CONSUMER.INFO.${stream}.${name}`, undefined);
    return answer as unknown as ConsumerState;
  }

  close(): void {
    this.#connection?.close();
    this.#failAll(new Error("admin connection closed"));
  }

  #answered(buffer: Buffer, frame: Frame): void {
    const subject = buffer.toString("latin1", frame.subjectStart, frame.subjectEnd);
    const waiting = this.#waiting.get(subject.slice(subject.lastIndexOf(".") + 1));
    const header = buffer.toString("latin1", frame.headerStart, frame.payloadStart);
    if (header.startsWith(STATUS_NO_RESPONDERS)) {
      waiting?.reject(new Error("no responders: JetStream is not available"));
    } else {
      waiting?.resolve(JSON.parse(buffer.toString("utf8", frame.payloadStart, frame.payloadEnd)));
    }
  }

  #failAll(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
  }
}
