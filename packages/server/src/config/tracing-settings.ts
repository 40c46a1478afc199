/** By which share traces are kept that begin here. */
export interface SamplerSettings {
  /** From 0 to 1. */
  readonly ratio: number;
  /** Whether who sends something along with a trace has decided already. */
  readonly isParentBased: boolean;
}

/** Where spans go, and how. */
export interface TracingSettings {
  /** What is posted to. */
  readonly url: string;
  /** Of requests; may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly isCompressed: boolean;
  /** What is said of this process. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: SamplerSettings;
  /** How long an export may take, retries included. */
  readonly timeoutMs: number;
  /** How long spans wait for others to go out with. */
  readonly delayMs: number;
  /** Spans that may wait; what comes beyond is lost. */
  readonly queueMax: number;
  /** Spans that go out at once. */
  readonly batchMax: number;
}
