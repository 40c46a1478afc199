import type { ConsumerInfo, JsMsg, StoredMsg, StreamInfo } from "@nats-io/jetstream";
import { formatDurationMs, formatSizeBytes } from "@oxbow/server/units";
import { headersJson, headersText, payloadJson } from "../client/payload.ts";
import { formatCount } from "../output/print.ts";
import { renderFields, renderTable } from "../output/table.ts";
import { milliseconds } from "./stream-settings.ts";

/** A stream for people. */
export function renderStream({ config, state, created }: StreamInfo): string {
  const range =
    state.messages === 0
      ? `none, next is ${state.last_seq + 1}`
      : `${state.first_seq} to ${state.last_seq}`;
  return `${config.name}\n${renderFields([
    ["description", config.description],
    ["subjects", (config.subjects ?? []).join(", ")],
    ["storage", `${config.storage}, retention ${config.retention}, discard ${config.discard}`],
    ["limits", streamLimits(config)],
    ["duplicates", `remembered ${duration(config.duplicate_window ?? 0)}`],
    ["metadata", metadataText(config.metadata)],
    ["created", created],
    ["messages", `${formatCount(state.messages)} (${formatSizeBytes(state.bytes)})`],
    ["sequences", range],
    ["deleted", state.num_deleted ? formatCount(state.num_deleted) : undefined],
    [
      "subject count",
      state.num_subjects === undefined ? undefined : formatCount(state.num_subjects),
    ],
    ["consumers", formatCount(state.consumer_count)],
  ])}`;
}

/** Streams as a table, one a line. */
export function renderStreams(streams: readonly StreamInfo[]): string {
  if (streams.length === 0) {
    return 'no streams: create one with "oxbow stream create NAME --subjects SUBJECT"\n';
  }
  const columns = [
    { title: "stream" },
    { title: "subjects" },
    { title: "storage" },
    { title: "messages", isNumeric: true },
    { title: "size", isNumeric: true },
    { title: "consumers", isNumeric: true },
  ];
  const rows = streams.map(({ config, state }) => [
    config.name,
    (config.subjects ?? []).join(", "),
    config.storage,
    formatCount(state.messages),
    formatSizeBytes(state.bytes),
    formatCount(state.consumer_count),
  ]);
  return renderTable(columns, rows);
}

/** A consumer for people. */
export function renderConsumer(info: ConsumerInfo): string {
  const { config } = info;
  const filters = config.filter_subjects ?? (config.filter_subject ? [config.filter_subject] : []);
  const ackPending = formatCount(config.max_ack_pending ?? 0);
  return `${info.stream_name} / ${info.name}\n${renderFields([
    ["description", config.description],
    ["kind", config.durable_name === undefined ? "ephemeral" : "durable"],
    ["filter", filters.length === 0 ? "none" : filters.join(", ")],
    ["starts at", config.deliver_policy],
    ["acks", `${config.ack_policy}, redelivered after ${duration(config.ack_wait ?? 0)}`],
    ["limits", `${ackPending} unacknowledged at a time, ${deliveries(config.max_deliver)}`],
    ["metadata", metadataText(config.metadata)],
    ["delivered", `up to stream sequence ${info.delivered.stream_seq}`],
    ["acknowledged", `up to stream sequence ${info.ack_floor.stream_seq}`],
    ["unacknowledged", formatCount(info.num_ack_pending)],
    ["redelivered", formatCount(info.num_redelivered)],
    ["waiting pulls", formatCount(info.num_waiting)],
    ["still to come", formatCount(info.num_pending)],
  ])}`;
}

/** Consumers as a table, one a line. */
export function renderConsumers(stream: string, consumers: readonly ConsumerInfo[]): string {
  if (consumers.length === 0) {
    return `no consumers on ${stream}: create one with "oxbow consumer create ${stream} NAME"\n`;
  }
  const columns = [
    { title: "consumer" },
    { title: "acks" },
    { title: "unacknowledged", isNumeric: true },
    { title: "still to come", isNumeric: true },
    { title: "redelivered", isNumeric: true },
  ];
  const rows = consumers.map((info) => [
    info.name,
    info.config.ack_policy,
    formatCount(info.num_ack_pending),
    formatCount(info.num_pending),
    formatCount(info.num_redelivered),
  ]);
  return renderTable(columns, rows);
}

/** A stored or delivered message in JSON. */
export function messageJson(message: StoredMsg | JsMsg): Record<string, unknown> {
  const headers = "header" in message ? message.header : message.headers;
  return {
    subject: message.subject,
    seq: message.seq,
    time: message.time.toISOString(),
    ...headersJson(headers),
    ...payloadJson(message.data),
  };
}

/** A stored or delivered message for people: a line that says which, its headers, its payload. */
export function messageText(message: StoredMsg | JsMsg): Uint8Array {
  const headers = "header" in message ? message.header : message.headers;
  const head = `[${message.seq}] ${message.subject} ${message.time.toISOString()}\n`;
  return Buffer.concat([Buffer.from(head + headersText(headers)), message.data, Buffer.from("\n")]);
}

function streamLimits(config: StreamInfo["config"]): string {
  const limits = [
    config.max_msgs > 0 ? `${formatCount(config.max_msgs)} messages` : undefined,
    config.max_bytes > 0 ? formatSizeBytes(config.max_bytes) : undefined,
    config.max_age > 0 ? `${duration(config.max_age)} old` : undefined,
    config.max_msg_size > 0 ? `${formatSizeBytes(config.max_msg_size)} a message` : undefined,
    config.max_msgs_per_subject > 0
      ? `${formatCount(config.max_msgs_per_subject)} messages a subject`
      : undefined,
  ].filter((limit) => limit !== undefined);
  return limits.length === 0 ? "none" : limits.join(", ");
}

function deliveries(countMax: number | undefined): string {
  if (countMax === undefined || countMax < 1) return "any number of deliveries";
  return `${formatCount(countMax)} deliveries`;
}

/** Servers keep notes of their own under `_nats.`, which say nothing to a reader. */
function metadataText(metadata: Record<string, string> | undefined): string | undefined {
  const own = Object.entries(metadata ?? {}).filter(([key]) => !key.startsWith("_nats."));
  return own.length === 0 ? undefined : own.map(([key, value]) => `${key}=${value}`).join(", ");
}

function duration(nanosecondCount: number): string {
  return formatDurationMs(milliseconds(nanosecondCount));
}
