/** How a server is started for one run. */
export interface StartOptions {
  /** Data directory: new and empty, unless the case is about starting on an existing store. */
  dir: string;
  /** CPU to run the server on, if it is to be pinned. */
  cpu: number | undefined;
  /** Whether to count the syncs of this run from outside, which slows the server down. */
  countsSyncs: boolean;
}

/** What a server said, or what was observed, when it had stopped. */
export interface ServerExit {
  /** fsync and fdatasync calls of the whole life of the process, if they were counted. */
  syncCount: number | undefined;
}

/** A server that has answered on its port. */
export interface RunningServer {
  readonly port: number;
  /** Where it serves HTTP, if it does. */
  readonly httpPort?: number;
  /** The process whose CPU and memory count. */
  readonly pid: number;
  /** From the start of the process until JetStream answered a request. */
  readonly readyMs: number;
  /** Resolves, with the reason, when the process ends without having been told to. */
  readonly crashed: Promise<Error>;
  /** Stops the server in good order; kills it when that takes too long. */
  stop(): Promise<ServerExit>;
}

/** A server under comparison. */
export interface ServerKind {
  /** Name on the command line. */
  readonly name: string;
  /** What a reader of the report must know about how it was set up. */
  readonly description: string;
  /** Whether only publishing with acknowledgements is compared, because that alone differs from another column. */
  readonly isDurableOnly: boolean;
  /** Whether it has stations and schemas. */
  readonly hasPlatform: boolean;
  /** Whether it counts its syncs in every run, or only when a run is set aside for counting. */
  readonly syncCounting: "always" | "on-request" | "never";
  /** The version, or `undefined` if the server is not there. */
  version(): Promise<string | undefined>;
  /** @throws Error if the server does not become ready. */
  start(options: StartOptions): Promise<RunningServer>;
}
