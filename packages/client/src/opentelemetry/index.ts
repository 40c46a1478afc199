import {
  type Attributes,
  type Context,
  context as contexts,
  createTraceState,
  type Span as OfficialSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Span, SpanAttributes, SpanStart, TraceContext, Tracing } from "../tracing/tracing.ts";

/** Where spans go. All can be left out. */
export interface OpenTelemetryOptions {
  /** By default the one called `oxbow` of the provider that is registered with OpenTelemetry. */
  readonly tracer?: Tracer;
  /** Keeps what is being done; by default what is registered with OpenTelemetry does. */
  readonly contexts?: OpenTelemetryContexts;
}

/** Keeps what is being done, as a `ContextManager` of OpenTelemetry does. */
export interface OpenTelemetryContexts {
  active(): Context;
  with<Result>(context: Context, work: () => Result): Result;
}

const kinds: Readonly<Record<SpanStart["kind"], SpanKind>> = {
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  server: SpanKind.SERVER,
};

/**
 * Has spans written down by OpenTelemetry, whose API the application has to have installed (`@opentelemetry/api`):
 * `connect({ tracing: openTelemetry() })`. Without an SDK of OpenTelemetry nothing is written down.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Tracing {
  const own: OpenTelemetryContexts = options.contexts ?? {
    active: () => contexts.active(),
    with: (context, work) => contexts.with(context, work),
  };
  // Asked for each time: the provider may be registered later.
  const tracerOf = (): Tracer => options.tracer ?? trace.getTracer("oxbow");
  return {
    begin: ({ name, kind, attributes, parent, links = [] }) => {
      const remote = parent && spanContextOf(parent);
      const active = own.active();
      const within = remote === undefined ? active : trace.setSpanContext(active, remote);
      const official = tracerOf().startSpan(
        name,
        { kind: kinds[kind], attributes: attributesOf(attributes), links: linksOf(links) },
        within,
      );
      return new OpenTelemetrySpan(official, trace.setSpan(within, official), own);
    },
    get active() {
      const found = trace.getSpanContext(own.active());
      return found && traceContextOf(found);
    },
  };
}

class OpenTelemetrySpan implements Span {
  readonly context: TraceContext | undefined;
  readonly #official: OfficialSpan;
  readonly #context: Context;
  readonly #contexts: OpenTelemetryContexts;

  constructor(official: OfficialSpan, context: Context, kept: OpenTelemetryContexts) {
    this.context = traceContextOf(official.spanContext());
    this.#official = official;
    this.#context = context;
    this.#contexts = kept;
  }

  set(attributes: SpanAttributes): void {
    if (this.#official.isRecording()) this.#official.setAttributes(attributesOf(attributes));
  }

  link(given: readonly TraceContext[]): void {
    if (this.#official.isRecording()) this.#official.addLinks(linksOf(given));
  }

  within<Result>(work: () => Result): Result {
    return this.#contexts.with(this.#context, work);
  }

  end(failure?: unknown): void {
    if (!this.#official.isRecording()) return;
    if (failure !== undefined) {
      this.#official.setAttribute("error.type", wordFor(failure));
      this.#official.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#official.end();
  }
}

/** What a failure is called. What it says in words may hold what is nobody's business. */
function wordFor(failure: unknown): string {
  if (typeof failure === "string") return failure;
  const { code, name } = (failure ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return typeof name === "string" && name !== "" ? name : "_OTHER";
}

function attributesOf(attributes: SpanAttributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined),
  ) as Attributes;
}

function linksOf(given: readonly TraceContext[]): { readonly context: SpanContext }[] {
  return given
    .map((each) => spanContextOf(each))
    .filter((each) => each !== undefined)
    .map((context) => ({ context }));
}

/** @returns `undefined` for what is no context. */
function spanContextOf({ traceparent, tracestate }: TraceContext): SpanContext | undefined {
  const [, traceId = "", spanId = "", flags = "00"] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(traceparent) ?? [];
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId)) return undefined;
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
}

/** @returns `undefined` where nothing is traced. */
function traceContextOf({
  traceId,
  spanId,
  traceFlags,
  traceState,
}: SpanContext): TraceContext | undefined {
  if (/^0*$/.test(traceId)) return undefined;
  const flags = traceFlags.toString(16).padStart(2, "0");
  const tracestate = traceState?.serialize() ?? "";
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(tracestate !== "" && { tracestate }),
  };
}
