import type { Command } from "commander";
import { withControl } from "./control.ts";
import { renderRetention } from "./render-dead-letters.ts";
import { type PlatformOptions, subcommand, tell } from "./subcommand.ts";
import { ageMs, countOrNone, given, limit, type None, sizeOrNone } from "./values.ts";

interface RetentionOptions extends PlatformOptions {
  readonly maxAge?: number;
  readonly maxMessages?: number | None;
  readonly maxBytes?: number | None;
}

/** `oxbow dead-letter retention`. */
export function retention(): Command {
  return subcommand("retention", "Show or change how long dead letters of all stations are kept.", [
    "oxbow dead-letter retention",
    "oxbow dead-letter retention --max-age 90d --max-bytes 10GiB",
  ])
    .option("--max-age <duration>", "at most so long, or forever", ageMs)
    .option("--max-messages <count>", "at most so many, or none for any number", countOrNone)
    .option("--max-bytes <size>", "at most so many bytes, or none", sizeOrNone)
    .action((options: RetentionOptions) =>
      withControl(options, "oxbow dead-letter retention", async (control) => {
        const changes = given({
          maxAgeMs: options.maxAge,
          maxMessages: limit(options.maxMessages),
          maxBytes: limit(options.maxBytes),
        });
        const isAsked = Object.keys(changes).length > 0;
        const kept = isAsked
          ? await control.call("deadLetter.setRetention", {}, changes)
          : await control.call("deadLetter.retention", {}, {});
        tell(options, kept, renderRetention);
      }),
    );
}
