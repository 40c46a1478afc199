import type { PayloadKind } from "./random.ts";

/** Options of each role that a load process can play; the key is the role's name and its file's name. */
export interface RoleOptions {
  /** Publishes to streams and checks every acknowledgement, with a bounded number outstanding per connection. */
  "durable-publisher": {
    port: number;
    payloadSize: number;
    connectionCount: number;
    /** Acknowledgements outstanding per connection, at most. */
    window: number;
    /** Messages go to the streams in turn; message n to `streams[n % streams.length]`. */
    streams: readonly { name: string; subjects: readonly string[] }[];
    /** Stops by itself after so many messages; 0 = goes on until told to finish. */
    limit: number;
    /** Default: noise. */
    payloadKind?: PayloadKind;
  };
  /** Publishes atomic batches to one stream and checks every acknowledgement. */
  "batch-publisher": {
    port: number;
    payloadSize: number;
    stream: { name: string; subjects: readonly string[] };
    /** Messages of a batch. */
    batchSize: number;
    /** Batches without acknowledgement, at most. */
    window: number;
  };
  /** Publishes one fast batch to a stream, as far ahead of its acknowledgements as these allow. */
  "fast-publisher": {
    port: number;
    payloadSize: number;
    stream: { name: string; subjects: readonly string[] };
    /** Messages between two acknowledgements that the publisher allows. */
    flow: number;
    /** Acknowledgements outstanding, at most. */
    window: number;
  };
  /** Publishes to one stream on a fixed schedule and measures from the intended times. */
  "open-loop-publisher": {
    port: number;
    payloadSize: number;
    stream: { name: string; subjects: readonly string[] };
    /** Messages per second. */
    rate: number;
  };
  /** Publishes core messages as fast as the credits of its subscriber allow. */
  "core-publisher": { port: number; payloadSize: number; subjects: readonly string[] };
  /** Receives core messages on several connections and hands out credits. */
  "core-subscriber": {
    port: number;
    payloadSize: number;
    connectionCount: number;
    subject: string;
    /** A credit goes out after so many messages have reached all connections. */
    creditEvery: number;
  };
  /** Pulls a stream with one or more consumers, each on a connection of its own, and acknowledges every message. */
  "pull-consumer": {
    port: number;
    payloadSize: number;
    /** Default: noise. */
    payloadKind?: PayloadKind;
    stream: string;
    consumers: readonly string[];
    batch: number;
    /** Messages in the stream, after the last of which the role is exhausted; 0 = there is no last one. */
    messageCount: number;
  };
  /** Produces to a station, or consumes it, with the typed client or with the official one. */
  "station-client": {
    port: number;
    operation: "official.produce" | "official.consume" | "sdk.produce" | "sdk.consume";
    payloadSize: number;
    /** Messages produced and not acknowledged. */
    window: number;
    station: string;
    /** Of the messages produced: the token of the subject behind the station's. */
    key: string;
    /** Messages there are to consume. */
    messageCount: number;
  };
  /** Does one operation over and over with the official client. */
  "official-client": {
    port: number;
    operation:
      | "consume.push"
      | "consume.ordered"
      | "kv.put"
      | "kv.get"
      | "object.put"
      | "object.get";
    /** Bytes of a message, a value or an object; of an object whole MiB. */
    payloadSize: number;
    /** Operations outstanding, where several can be. */
    window: number;
    /** What to consume. */
    stream: string;
    /** Messages in the stream; after the last one the role is exhausted. */
    messageCount: number;
  };
  /** Produces to a station over HTTP, one request outstanding per connection, and checks every answer. */
  "http-producer": {
    port: number;
    station: string;
    payloadSize: number;
    connectionCount: number;
    /** Messages of a request. */
    batchSize: number;
    /** What a request carries: one message as it is, lines, or a list in JSON. */
    form: "single" | "ndjson" | "json";
  };
  /** Comes over HTTP and asks for little: by headers that come byte by byte, and by looking on at a station. */
  "http-crowd": { port: number; station: string; slowCount: number; tailCount: number };
  /** Sends a request, waits for the answer, sends the next. */
  requester: { port: number; payloadSize: number; subject: string };
  /** Answers requests with the payload they carry. */
  responder: { port: number; subject: string };
}

export type RoleName = keyof RoleOptions;

/** Counters of a load process at one moment, by its own clock. */
export interface Sample {
  atMs: number;
  /** Messages completed: delivered, acknowledged or answered, and verified. */
  count: number;
  cpuUserS: number;
  cpuSystemS: number;
}

/** Latency in microseconds. */
export interface LatencySummary {
  sampleCount: number;
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

/** What a role says once it has drained and verified everything. */
export interface RoleReport {
  /** Messages completed from start to end, warm-up included. */
  total: number;
  /** The same of each consumer, where one role plays several. */
  totals?: readonly number[];
  latency?: LatencySummary;
  /** By how much the generator itself missed its schedule, once for each write. */
  lateness?: LatencySummary;
}

/** From the benchmark to a load process. */
export type LoadCommand = { type: "start" } | { type: "mark" } | { type: "finish" };

/** From a load process to the benchmark. */
export type LoadEvent =
  | { type: "ready" }
  | { type: "mark"; sample: Sample }
  | { type: "exhausted" }
  | { type: "report"; report: RoleReport }
  | { type: "failed"; message: string };
