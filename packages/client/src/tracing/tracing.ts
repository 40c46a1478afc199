/** Which trace something belongs to, as headers say it (W3C Trace Context). */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** What is said of a span. What is `undefined` is left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a span begins with. */
export interface SpanStart {
  readonly name: string;
  readonly kind: "client" | "consumer" | "internal" | "producer" | "server";
  readonly attributes: SpanAttributes;
  /** What it is part of, if not of what is being done; what is no context counts as none. */
  readonly parent?: TraceContext | undefined;
  /** What else it has to do with. */
  readonly links?: readonly TraceContext[];
}

/** Something that is being done, and is written down when it is over. */
export interface Span {
  /** For headers of what is sent as part of it; `undefined` where nothing is traced. */
  readonly context: TraceContext | undefined;
  set(attributes: SpanAttributes): void;
  /** What else it turns out to have to do with. */
  link(contexts: readonly TraceContext[]): void;
  /** What `work` does is part of it. */
  within<Result>(work: () => Result): Result;
  /**
   * It is over; what is said later is lost.
   *
   * @param failure - Why it has failed, if it has: an error, or a word for it.
   */
  end(failure?: unknown): void;
}

/** What writes down as spans what is done. `openTelemetry` of `oxbow/opentelemetry` is one. */
export interface Tracing {
  begin(start: SpanStart): Span;
  /** What is being done; `undefined` if that is no part of a trace. */
  readonly active: TraceContext | undefined;
}
