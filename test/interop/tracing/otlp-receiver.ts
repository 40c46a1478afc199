import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import protobuf from "protobufjs";

/** As of opentelemetry-proto, as far as it is looked at. */
const definition = `
syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { repeated Span spans = 2; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4;
  string name = 5; int32 kind = 6; repeated KeyValue attributes = 9;
  repeated Link links = 13; Status status = 15;
}
message Link { bytes trace_id = 1; bytes span_id = 2; }
message Status { int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; }
}`;
const shape = protobuf.parse(definition).root.lookupType("Request");
const kinds = ["", "internal", "server", "client", "producer", "consumer"];

/** A span as it was received. */
export interface SeenSpan {
  readonly trace: string;
  readonly id: string;
  /** Empty for the first of a trace. */
  readonly parent: string;
  readonly state: string;
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly string[];
  readonly isError: boolean;
  /** What is said of the process. */
  readonly resource: Readonly<Record<string, unknown>>;
}

interface RawValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface RawSpan {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly RawValue[];
  readonly links: readonly { readonly traceId: Buffer; readonly spanId: Buffer }[];
  readonly status: { readonly code: number } | null;
}

/** A collector of OpenTelemetry, as far as it takes spans by OTLP over HTTP. */
export class OtlpReceiver implements AsyncDisposable {
  readonly spans: SeenSpan[] = [];
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  readonly #server: Server;
  #told: () => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<OtlpReceiver> {
    const server = createServer();
    const receiver = new OtlpReceiver(server);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        receiver.asked.push({ path: request.url ?? "", headers: request.headers });
        response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
        receiver.#take(Buffer.concat(chunks));
        receiver.#told();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The first span that is meant, now or when it comes. */
  async span(isMeant: string | ((span: SeenSpan) => boolean)): Promise<SeenSpan> {
    const is = typeof isMeant === "string" ? ({ name }: SeenSpan) => name === isMeant : isMeant;
    for (;;) {
      const found = this.spans.find(is);
      if (found !== undefined) return found;
      await this.more();
    }
  }

  /** Resolves with the next request. */
  async more(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#told = resolve;
    await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #take(body: Buffer): void {
    const { resourceSpans } = shape.toObject(shape.decode(body), {
      ...{ defaults: true, longs: Number, bytes: Buffer },
    }) as {
      readonly resourceSpans: readonly {
        readonly resource: { readonly attributes: readonly RawValue[] };
        readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
      }[];
    };
    for (const { resource, scopeSpans } of resourceSpans) {
      const of = valuesOf(resource.attributes);
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => seen(span, of)));
    }
  }
}

function seen(span: RawSpan, resource: Readonly<Record<string, unknown>>): SeenSpan {
  return {
    trace: span.traceId.toString("hex"),
    id: span.spanId.toString("hex"),
    parent: span.parentSpanId.toString("hex"),
    state: span.traceState,
    name: span.name,
    kind: kinds[span.kind] ?? "",
    attributes: valuesOf(span.attributes),
    links: span.links.map(
      ({ traceId, spanId }) => `${traceId.toString("hex")}-${spanId.toString("hex")}`,
    ),
    isError: span.status?.code === 2,
    resource,
  };
}

function valuesOf(pairs: readonly RawValue[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [
      key,
      Object.entries(value).find(([name]) => name.endsWith("Value"))?.[1],
    ]),
  );
}
