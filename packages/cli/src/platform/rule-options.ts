import { type Command, InvalidArgumentError } from "commander";
import { type RuleChanges, type RuleKind, type RuleRequest, ruleKinds } from "oxbow/control";
import { durationMs, oneOf, wholeNumber } from "../arguments.ts";
import { UsageError } from "../failures.ts";
import type { PlatformOptions } from "./subcommand.ts";

/** A number, or no bound. */
type Bound = number | "none";

export interface RuleOptions extends PlatformOptions {
  readonly when?: RuleKind;
  readonly channel?: readonly string[];
  readonly stations?: readonly string[];
  readonly groups?: readonly string[];
  readonly lagMessages?: Bound;
  readonly lagTime?: Bound;
  readonly idle?: number;
  readonly full?: number;
  readonly quiet?: number;
  readonly description?: string;
  readonly pause?: boolean;
  readonly resume?: boolean;
}

export function withWhen(command: Command): Command {
  return command.requiredOption("--when <what>", ruleKinds.join(", "), oneOf(ruleKinds));
}

export function withRuleOptions(command: Command): Command {
  return command
    .option("--channel <names>", "where it is told, ops,oncall", names)
    .option(
      "--stations <patterns>",
      "stations that it is about, prod.*,orders (default all)",
      names,
    )
    .option("--groups <patterns>", "groups that it is about (default all)", names)
    .option("--lag-messages <count>", "messages that a group may be behind", orNone(wholeNumber(1)))
    .option("--lag-time <duration>", "how long a group may be behind", orNone(durationMs))
    .option("--idle <duration>", "how long a station may take nothing", durationMs)
    .option("--full <percent>", "how full is too full (default 85)", wholeNumber(1, 100))
    .option("--quiet <duration>", "in which the same is told once (default 5m)", durationMs)
    .option("--description <text>", "what it is for");
}

/** @throws UsageError without a channel */
export function ruleRequest(options: RuleOptions): RuleRequest {
  const { when, channel } = options;
  if (when !== undefined && channel !== undefined) {
    return { ...settings(options), when, channels: channel } as RuleRequest;
  }
  throw new UsageError("oxbow notification rule create: say where it is told: --channel NAME");
}

export function ruleChanges(options: RuleOptions): RuleChanges {
  const { channel, pause = false, resume = false } = options;
  if (pause && resume) {
    throw new UsageError("oxbow notification rule edit: write --pause or --resume");
  }
  return {
    ...settings(options),
    ...(channel !== undefined && { channels: channel }),
    ...((pause || resume) && { isPaused: pause }),
  };
}

function settings(options: RuleOptions): RuleChanges {
  const { stations, groups, lagMessages, lagTime, idle, full, quiet, description } = options;
  return {
    ...(stations !== undefined && { stations }),
    ...(groups !== undefined && { groups }),
    ...(lagMessages !== undefined && { lagMessagesMax: boundOf(lagMessages) }),
    ...(lagTime !== undefined && { lagMsMax: boundOf(lagTime) }),
    ...(idle !== undefined && { idleMs: idle }),
    ...(full !== undefined && { fullPercent: full }),
    ...(quiet !== undefined && { quietMs: quiet }),
    ...(description !== undefined && { description }),
  };
}

function names(text: string): readonly string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.every((part) => part !== "")) return parts;
  throw new InvalidArgumentError("Write names with commas between them.");
}

function orNone(parse: (text: string) => number): (text: string) => Bound {
  return (text) => (text === "none" ? text : parse(text));
}

function boundOf(bound: Bound): number | null {
  return bound === "none" ? null : bound;
}
