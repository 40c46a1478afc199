import type { Command } from "commander";
import type { GroupChanges } from "oxbow";
import { durationMs, wholeNumber } from "../arguments.ts";
import { countOrNone, durations, given, limit, list, type None } from "./values.ts";

/** The settings of a group, as commander hands them over. */
export interface GroupOptions {
  readonly description?: string;
  readonly keys?: readonly string[];
  readonly maxAckTime?: number;
  readonly maxDeliveries?: number | None;
  readonly backoff?: readonly number[];
  readonly maxInFlight?: number | None;
  readonly trace?: number;
}

/** Adds the settings that can be changed later. */
export function withGroupOptions(command: Command): Command {
  return command
    .option("--description <text>", "what the group is for")
    .option("--keys <list>", "only these keys, such as eu.>,us.*, or none for all", list)
    .option("--max-ack-time <duration>", "time to acknowledge a message (default 30s)", durationMs)
    .option(
      "--max-deliveries <count>",
      "how often a message comes (default 10), or none",
      countOrNone,
    )
    .option("--backoff <list>", "waits before it comes again, such as 1s,10s,1m", durations)
    .option(
      "--max-in-flight <count>",
      "unacknowledged at a time (default 1000), or none",
      countOrNone,
    )
    .option(
      "--trace <percent>",
      "acknowledgements written down for journeys of messages (default 0)",
      wholeNumber(0, 100),
    );
}

/** Settings in the words of the platform; only what was given is there. */
export function groupChanges(options: GroupOptions): GroupChanges {
  return given({
    description: options.description,
    keys: options.keys,
    maxAckTimeMs: options.maxAckTime,
    maxDeliveries: limit(options.maxDeliveries),
    backoffMs: options.backoff,
    maxInFlight: limit(options.maxInFlight),
    tracePercent: options.trace,
  });
}
