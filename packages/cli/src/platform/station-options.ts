import type { Command } from "commander";
import type { DeadLetterReason, StationRequest } from "oxbow";
import { oneOf, wholeNumber } from "../arguments.ts";
import {
  ageMs,
  countOrNone,
  given,
  type Kept,
  limit,
  list,
  type None,
  sizeOrNone,
  windowMs,
} from "./values.ts";

/** The settings of a station, as commander hands them over. */
export interface StationOptions {
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly storage?: "file" | "memory";
  readonly replicas?: number;
  readonly partitions?: number;
  readonly maxAge?: number;
  readonly maxMessages?: number | None;
  readonly maxBytes?: number | None;
  readonly untilAcknowledged?: boolean;
  readonly discard?: "old" | "new";
  readonly keepPerKey?: number | None;
  readonly maxMessageSize?: number | None;
  readonly duplicatesBy?: "id" | "content";
  readonly duplicateWindow?: number | Kept;
  readonly deadLetters?: readonly string[];
  readonly deadLetterMaxAge?: number;
  readonly deadLetterStation?: string;
}

/** Adds the settings that can be given at creation only. */
export function withFixedOptions(command: Command): Command {
  return command
    .option("--partitions <count>", "1 to 1000 (default 1)", wholeNumber(1, 1000))
    .option("--storage <kind>", "file or memory (default file)", oneOf(["file", "memory"]));
}

/** Adds the settings that can be changed later. */
export function withStationOptions(command: Command): Command {
  return command
    .option("--description <text>", "what the station is for")
    .option("--tags <words>", "words to find it by, such as eu,billing, or none", list)
    .option("--until-acknowledged", "keep messages only until every group has acknowledged them")
    .option("--no-until-acknowledged", "keep them as the other limits say (default)")
    .option("--max-age <duration>", "how long messages are kept, or forever (default 7d)", ageMs)
    .option("--max-messages <count>", "messages that are kept, or none", countOrNone)
    .option("--max-bytes <size>", "bytes that are kept, or none", sizeOrNone)
    .option("--discard <which>", "at a limit, old messages or new ones go", oneOf(["old", "new"]))
    .option("--keep-per-key <count>", "messages that are kept of each key, or none", countOrNone)
    .option("--max-message-size <size>", "largest message with its headers, or none", sizeOrNone)
    .option(
      "--duplicates-by <what>",
      "what makes a message the same as an earlier one, id or content (default id)",
      oneOf(["id", "content"]),
    )
    .option(
      "--duplicate-window <duration>",
      "how long that is remembered (default 2m), or kept: as long as the message is",
      windowMs,
    )
    .option("--replicas <count>", "copies in a cluster (default 1)", wholeNumber(1, 5))
    .option(
      "--dead-letters <reasons>",
      "exhausted, terminated, refused (default all), or none",
      list,
    )
    .option("--dead-letter-max-age <duration>", "how long its dead letters are kept", ageMs)
    .option("--dead-letter-station <station>", "copy its dead letters to this station, or none");
}

/** Settings in the words of the platform; only what was given is there. */
export function stationRequest(options: StationOptions): StationRequest {
  const { deadLetters, deadLetterStation } = options;
  return given({
    description: options.description,
    tags: options.tags,
    storage: options.storage,
    replicas: options.replicas,
    partitions: options.partitions,
    maxAgeMs: options.maxAge,
    maxMessages: limit(options.maxMessages),
    maxBytes: limit(options.maxBytes),
    untilAcknowledged: options.untilAcknowledged,
    discard: options.discard,
    keepPerKey: limit(options.keepPerKey),
    messageBytesMax: limit(options.maxMessageSize),
    duplicatesBy: options.duplicatesBy,
    duplicateWindowMs: options.duplicateWindow === "kept" ? null : options.duplicateWindow,
    // The platform says which there are.
    deadLetterReasons: deadLetters as readonly DeadLetterReason[] | undefined,
    deadLetterMaxAgeMs: options.deadLetterMaxAge,
    deadLetterStation: deadLetterStation === "none" ? null : deadLetterStation,
  });
}
