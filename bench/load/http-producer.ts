import { type HttpAnswer, HttpConnection, type HttpHandler } from "./http-connection.ts";
import { Outstanding } from "./outstanding.ts";
import type { RoleOptions, RoleReport } from "./protocol.ts";
import { PAYLOAD_COUNT, Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";

type Options = RoleOptions["http-producer"];

/** A JSON object of a size, with noise in it. */
function objectOf(payloads: Payloads, index: number): string {
  const noise = Buffer.allocUnsafe(payloads.size);
  payloads.copyTo(index, noise, 0);
  const start = `{"id":${index + 1},"note":"`;
  return `${start}${noise.toString("hex").slice(0, payloads.size - start.length - 2)}"}`;
}

/** Requests as they are sent, with their messages in turn. */
function requestsOf({ station, payloadSize, batchSize, form }: Options): Buffer[] {
  const payloads = new Payloads(payloadSize);
  const objects = Array.from({ length: PAYLOAD_COUNT }, (_, i) => objectOf(payloads, i));
  const path = `/api/v1/stations/${station}/messages`;
  return Array.from({ length: Math.ceil(PAYLOAD_COUNT / batchSize) }, (_, i) => {
    const batch = objects.slice(i * batchSize, (i + 1) * batchSize);
    const [url, type, body] =
      form === "single"
        ? [path, "application/json", batch.join("")]
        : form === "ndjson"
          ? [`${path}/batch`, "application/x-ndjson", `${batch.join("\n")}\n`]
          : [
              `${path}/batch`,
              "application/json",
              `{"messages":[${batch.map((each) => `{"value":${each}}`).join(",")}]}`,
            ];
    const size = Buffer.byteLength(body);
    const head = `POST ${url} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\nContent-Length: ${size}\r\n\r\n`;
    return Buffer.from(head + body);
  });
}

/** Sends the next request once the one before is answered. */
class HttpProducer implements HttpHandler {
  readonly #options: Options;
  readonly #context: RoleContext;
  readonly #requests: readonly Buffer[];
  readonly #outstanding: Outstanding;
  /** What an answer begins with, or has in it, if all is stored. */
  readonly #expected: string;
  #connection: HttpConnection | undefined;
  #isSending = false;

  constructor(
    options: Options,
    context: RoleContext,
    requests: readonly Buffer[],
    outstanding: Outstanding,
  ) {
    this.#options = options;
    this.#context = context;
    this.#requests = requests;
    this.#outstanding = outstanding;
    const { form, batchSize } = options;
    this.#expected =
      form === "single"
        ? `{"partition":1,"sequence":`
        : `{"stored":${batchSize},"failed":0,"results":[{"partition":1,"sequence":`;
  }

  async open(): Promise<void> {
    this.#connection = await HttpConnection.open(this.#options.port, this);
  }

  start(): void {
    this.#isSending = true;
    this.#send();
  }

  stop(): void {
    this.#isSending = false;
  }

  close(): void {
    this.#connection?.close();
  }

  onAnswer({ status, body }: HttpAnswer): void {
    if (status !== 201 || body.toString("latin1", 0, this.#expected.length) !== this.#expected) {
      this.#context.fail(new Error(`answered ${status}: ${body.toString().slice(0, 400)}`));
      return;
    }
    this.#outstanding.ackedCount++;
    if (this.#isSending) this.#send();
    this.#outstanding.settle();
  }

  onFailure(error: Error): void {
    this.#context.fail(error);
  }

  #send(): void {
    const request = this.#requests[this.#outstanding.sentCount % this.#requests.length];
    this.#outstanding.sentCount++;
    this.#connection?.write(request as Buffer);
  }
}

/** Produces over HTTP from many connections, as fast as each is answered. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const requests = requestsOf(options);
  const outstanding = new Outstanding();
  const producers = Array.from(
    { length: options.connectionCount },
    () => new HttpProducer(options, context, requests, outstanding),
  );
  for (const producer of producers) await producer.open();
  const count = (): number => outstanding.ackedCount * options.batchSize;
  return {
    start: () => {
      for (const producer of producers) producer.start();
    },
    count,
    async finish(): Promise<RoleReport> {
      for (const producer of producers) producer.stop();
      await outstanding.none();
      for (const producer of producers) producer.close();
      return { total: count() };
    },
  };
}
