import type { ProcessFacts } from "./varz.ts";

/** What a process publishes about itself, in the form of Go's `expvar`. */
export interface ProcessVariables {
  /** Program and arguments, without secrets. */
  readonly cmdline: readonly string[];
  /** Memory, with the names of Go's `MemStats` as far as the process has such a thing. */
  readonly memstats: Readonly<Record<string, number>>;
}

/** What the process around an engine can do for those who ask in the system account. */
export interface ProcessServices {
  /** What the engine can't know about the process. */
  facts: () => ProcessFacts;
  /** What it publishes at `/debug/vars`. */
  variables: () => ProcessVariables;
  /** What it is doing, as text for people. */
  stacks: () => string;
  /** Reads the configuration again; resolves with what went wrong, if anything. `undefined`: there is none to read. */
  reload: (() => Promise<string | undefined>) | undefined;
}

const unknown: ProcessFacts = {
  ...{ memoryBytes: 0, cpuPercent: 0, coresCount: 0 },
  http: { host: "", port: 0, httpsPort: 0, basePath: "", requests: {} },
  ...{ configLoadedAtMs: 0, configDigest: "" },
};

/** Of an engine that nobody has told anything. */
export function unknownProcess(): ProcessServices {
  return {
    facts: () => unknown,
    variables: () => ({ cmdline: [], memstats: {} }),
    stacks: () => "",
    reload: undefined,
  };
}
