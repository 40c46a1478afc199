import type { StreamConfig } from "@nats-io/jetstream";
import type { Command } from "commander";
import {
  durationMs,
  filterSubjects,
  keyValues,
  oneOf,
  sizeBytes,
  wholeNumber,
} from "../arguments.ts";

const NANOSECONDS_PER_MS = 1_000_000;

/** The settings of a stream, as commander hands them over. */
export interface StreamSettings {
  readonly subjects?: readonly string[];
  readonly storage?: "file" | "memory";
  readonly retention?: "limits" | "interest" | "workqueue";
  readonly description?: string;
  readonly maxMsgs?: number;
  readonly maxBytes?: number;
  readonly maxAge?: number;
  readonly maxMsgSize?: number;
  readonly maxMsgsPerSubject?: number;
  readonly discard?: "old" | "new";
  readonly duplicateWindow?: number;
  readonly replicas?: number;
  readonly metadata?: readonly (readonly [string, string])[];
  readonly allowDirect?: boolean;
  readonly allowRollup?: boolean;
  readonly denyDelete?: boolean;
  readonly denyPurge?: boolean;
}

/** Adds the settings that can be given at creation only. */
export function withCreationSettings(command: Command): Command {
  return command
    .option("--storage <kind>", "file or memory (default file)", oneOf(["file", "memory"]))
    .option(
      "--retention <policy>",
      "limits, interest or workqueue (default limits)",
      oneOf(["limits", "interest", "workqueue"]),
    );
}

/** Adds the settings that can be changed later. */
export function withStreamSettings(command: Command): Command {
  return command
    .option("--subjects <list>", "subjects to store, between commas", filterSubjects)
    .option("--description <text>", "what the stream is for")
    .option("--max-msgs <count>", "most messages", wholeNumber(1))
    .option("--max-bytes <size>", "most bytes", sizeBytes)
    .option("--max-age <duration>", "how long a message is kept", durationMs)
    .option("--max-msg-size <size>", "largest message", sizeBytes)
    .option("--max-msgs-per-subject <count>", "most messages of a subject", wholeNumber(1))
    .option(
      "--discard <policy>",
      "at a limit, drop old messages or refuse new",
      oneOf(["old", "new"]),
    )
    .option("--duplicate-window <duration>", "how long a Nats-Msg-Id is remembered", durationMs)
    .option("--replicas <count>", "copies in a cluster", wholeNumber(1, 5))
    .option("--metadata <key=value>", "metadata, may be repeated", keyValues("="))
    .option("--allow-direct", "let clients read messages directly")
    .option("--allow-rollup", "let a message replace those before it (Nats-Rollup)")
    .option("--deny-delete", "forbid to delete single messages")
    .option("--deny-purge", "forbid to purge");
}

/** Settings in JetStream's words; only what was given is there. */
export function streamConfig(settings: StreamSettings): Partial<StreamConfig> {
  const { metadata } = settings;
  const config: Partial<Record<keyof StreamConfig, unknown>> = {
    subjects: settings.subjects,
    storage: settings.storage,
    retention: settings.retention,
    description: settings.description,
    max_msgs: settings.maxMsgs,
    max_bytes: settings.maxBytes,
    max_age: nanoseconds(settings.maxAge),
    max_msg_size: settings.maxMsgSize,
    max_msgs_per_subject: settings.maxMsgsPerSubject,
    discard: settings.discard,
    duplicate_window: nanoseconds(settings.duplicateWindow),
    num_replicas: settings.replicas,
    metadata: metadata === undefined ? undefined : Object.fromEntries(metadata),
    allow_direct: settings.allowDirect,
    allow_rollup_hdrs: settings.allowRollup,
    deny_delete: settings.denyDelete,
    deny_purge: settings.denyPurge,
  };
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<StreamConfig>;
}

/** JetStream counts nanoseconds. */
export function nanoseconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * NANOSECONDS_PER_MS);
}

/** The way back. */
export function milliseconds(nanosecondCount: number): number {
  return nanosecondCount / NANOSECONDS_PER_MS;
}
