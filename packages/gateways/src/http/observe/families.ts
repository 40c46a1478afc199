import type { Family } from "./exposition.ts";

const counter = (name: string, help: string): Family => ({ name, type: "counter", help });
const gauge = (name: string, help: string): Family => ({ name, type: "gauge", help });
const histogram = (name: string, help: string): Family => ({ name, type: "histogram", help });

/** What a family is called in the code. */
type FamilyKey =
  | "build"
  | "seriesLeftOut"
  | "stationMessages"
  | "stationBytes"
  | "stationInMessages"
  | "stationInBytes"
  | "stationDeadLetters"
  | "groupOutMessages"
  | "groupOutBytes"
  | "groupAcknowledged"
  | "groupLagMessages"
  | "groupLagSeconds"
  | "groupInFlight"
  | "groupInFlightMax"
  | "groupRedelivered"
  | "gateMessages"
  | "connections"
  | "connectionsTotal"
  | "subscriptions"
  | "inMessages"
  | "inBytes"
  | "outMessages"
  | "outBytes"
  | "slowConsumers"
  | "staleConnections"
  | "journalCommits"
  | "journalRecords"
  | "journalBytes"
  | "journalSync"
  | "publishAck"
  | "isStoreFailed"
  | "cpu"
  | "startTime"
  | "residentBytes"
  | "openFiles"
  | "heapUsed"
  | "heapTotal"
  | "externalBytes"
  | "loopDelay"
  | "loopUtilization";

/** Everything that is told at `/metrics`, as docs/OBSERVABILITY.md has it. */
export const families: Readonly<Record<FamilyKey, Family>> = {
  build: { name: "oxbow_build", type: "info", help: "Version of the server." },
  seriesLeftOut: gauge("oxbow_metrics_series_left_out", "Series that had no room in this answer."),

  stationMessages: gauge("oxbow_station_messages", "Messages that a station keeps."),
  stationBytes: gauge("oxbow_station_bytes", "Bytes that a station keeps."),
  stationInMessages: counter("oxbow_station_in_messages", "Messages that were stored."),
  stationInBytes: counter(
    "oxbow_station_in_bytes",
    "Bytes of messages that were stored since the server started.",
  ),
  stationDeadLetters: gauge("oxbow_station_dead_letters", "Dead letters of a station."),

  groupOutMessages: counter(
    "oxbow_group_out_messages",
    "Messages that were delivered to a group, again too.",
  ),
  groupOutBytes: counter(
    "oxbow_group_out_bytes",
    "Bytes of messages that were delivered to a group since the server started.",
  ),
  groupAcknowledged: counter(
    "oxbow_group_acknowledged",
    "Deliveries up to which a group has acknowledged all.",
  ),
  groupLagMessages: gauge(
    "oxbow_group_lag_messages",
    "Messages that a group has not acknowledged.",
  ),
  groupLagSeconds: gauge(
    "oxbow_group_lag_seconds",
    "Age of the oldest message that a group has not acknowledged.",
  ),
  groupInFlight: gauge("oxbow_group_in_flight_messages", "Messages that are being worked on."),
  groupInFlightMax: gauge(
    "oxbow_group_in_flight_messages_max",
    "Messages that may be worked on at a time; 0 for any number.",
  ),
  groupRedelivered: gauge(
    "oxbow_group_redelivered_messages",
    "Messages that were delivered more than once and are not acknowledged.",
  ),

  gateMessages: counter(
    "oxbow_gate_messages",
    "Messages that did not fit, and what became of them.",
  ),

  connections: gauge("oxbow_connections", "Connections that are open."),
  connectionsTotal: counter("oxbow_connections_opened", "Connections that were made."),
  subscriptions: gauge("oxbow_subscriptions", "Subscriptions there are."),
  inMessages: counter("oxbow_in_messages", "Messages that clients have sent."),
  inBytes: counter("oxbow_in_bytes", "Bytes of messages that clients have sent."),
  outMessages: counter("oxbow_out_messages", "Messages that clients were sent."),
  outBytes: counter("oxbow_out_bytes", "Bytes of messages that clients were sent."),
  slowConsumers: counter(
    "oxbow_slow_consumers",
    "Connections that were closed for being too slow.",
  ),
  staleConnections: counter("oxbow_stale_connections", "Connections of which nothing was heard."),
  journalCommits: counter("oxbow_journal_commits", "Writes that made changes durable together."),
  journalRecords: counter("oxbow_journal_records", "Changes that were made durable."),
  journalBytes: counter("oxbow_journal_bytes", "Bytes that were written to the journal."),
  journalSync: histogram(
    "oxbow_journal_sync_seconds",
    "How long it took each time until something was durable.",
  ),
  publishAck: histogram(
    "oxbow_publish_ack_seconds",
    "From when a durable publish came until it was acknowledged.",
  ),
  isStoreFailed: gauge("oxbow_store_failed", "1 while nothing can be stored."),

  cpu: counter("process_cpu_seconds", "CPU time of the process."),
  startTime: gauge("process_start_time_seconds", "When the process started, since 1970."),
  residentBytes: gauge("process_resident_memory_bytes", "Memory of the process."),
  openFiles: gauge("process_open_fds", "Open files and sockets."),
  heapUsed: gauge("nodejs_heap_size_used_bytes", "Memory of objects."),
  heapTotal: gauge("nodejs_heap_size_total_bytes", "Memory for objects."),
  externalBytes: gauge("nodejs_external_memory_bytes", "Memory of buffers."),
  loopDelay: gauge(
    "nodejs_eventloop_delay_seconds",
    "How late timers were since it was asked last, by quantile.",
  ),
  loopUtilization: gauge(
    "nodejs_eventloop_utilization_ratio",
    "Share of the time since it was asked last in which the event loop was busy.",
  ),
};

/** Names of all series there can be. */
export function metricNames(): ReadonlySet<string> {
  const suffixes = { counter: ["_total"], info: ["_info"], gauge: [""] } as const;
  const parts = ["", "_bucket", "_sum", "_count"];
  const names = Object.values(families).flatMap(({ name, type }) =>
    (type === "histogram" ? parts : suffixes[type]).map((suffix) => name + suffix),
  );
  return new Set(names);
}
