import { setTimeout as delay } from "node:timers/promises";
import { Argument, type Command } from "commander";
import type { ControlClient, EditRequest, Resend, StationResend } from "oxbow/control";
import { durationMs, wholeNumber } from "../arguments.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { note, plural } from "../output/print.ts";
import { withControl } from "./control.ts";
import { chosen, type FilterOptions, withFilterOptions } from "./dead-letter-filter.ts";
import { renderForeseen, renderResend, renderResends } from "./render-dead-letters.ts";
import { type PlatformOptions, stationArgument, subcommand, tell } from "./subcommand.ts";
import { given } from "./values.ts";

/** How often it is looked how far a resend is. */
const lookMs = 250;

interface ResendOptions extends FilterOptions {
  readonly to: string;
  readonly key?: string;
  readonly payload?: string;
  readonly header?: Readonly<Record<string, string | null>>;
  readonly keep?: boolean;
  readonly delay?: number;
  readonly maxResends?: number;
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

/** `oxbow dead-letter resend`. */
export function resendLetters(): Command {
  return withFilterOptions(
    subcommand(
      "resend",
      "Send the messages again: to their group, their station, or another one.",
      [
        "oxbow dead-letter resend orders --group billing --dry-run",
        "oxbow dead-letter resend orders --ids 17,18",
        "oxbow dead-letter resend orders --all --to repaired --keep",
        "oxbow dead-letter resend orders --ids 17 --payload '{\"id\":1}' --header fixed-by:ann",
      ],
    ),
  )
    .option("--all", "all of the station")
    .option("--to <target>", "group, station, or the name of another station", "group")
    .option("--key <key>", "key that they get in another station")
    .option("--payload <text>", "another payload, for each of them")
    .option("--header <name:value>", "header to set, or with no value to take out", headerEdits)
    .option("--keep", "keep the dead letters")
    .option("--delay <duration>", "begin after so long", durationMs)
    .option("--max-resends <count>", "leave out what was resent so often", wholeNumber(1))
    .option("--no-wait", "do not wait until it is done")
    .option("--dry-run", "only count")
    .action((station: string, options: ResendOptions) => {
      const request = given({
        filter: chosen("oxbow dead-letter resend", options),
        keep: options.keep,
        delayMs: options.delay,
        resendsMax: options.maxResends,
        edit: editOf(options),
      });
      if (options.key !== undefined && (options.to === "group" || options.to === "station")) {
        throw new UsageError(
          "oxbow dead-letter resend: --key is for another station: write --to NAME",
        );
      }
      return withControl(options, "oxbow dead-letter resend", async (control) => {
        if (options.dryRun === true) {
          const foreseen = await control.call("deadLetter.foreseeResend", { station }, request);
          tell(options, foreseen, renderForeseen);
          return;
        }
        const asked = await ask(control, station, options, request);
        const waits = options.wait && options.delay === undefined;
        const isTold = options.json !== true && process.stderr.isTTY === true;
        const resend = waits ? await ended(control, station, asked, isTold) : asked;
        tell(options, resend, renderResend);
        if (resend.failed > 0) {
          throw new CommandFailure(`${plural(resend.failed, "dead letter")} could not be resent`);
        }
      });
    });
}

function ask(
  control: ControlClient,
  station: string,
  { to, key }: ResendOptions,
  request: StationResend,
): Promise<Resend> {
  if (to === "group" || to === "station") {
    return control.call("deadLetter.resend", { station }, { ...request, to });
  }
  const elsewhere = { ...request, to: { station: to, ...(key !== undefined && { key }) } };
  return control.call("deadLetter.resendElsewhere", { station }, elsewhere);
}

/** @param isTold - Whether it says how far it is. */
async function ended(
  control: ControlClient,
  station: string,
  asked: Resend,
  isTold: boolean,
): Promise<Resend> {
  let resend = asked;
  let done = -1;
  while (resend.state === "waiting" || resend.state === "running") {
    await delay(lookMs);
    const now = resend.sent + resend.skipped + resend.failed;
    if (isTold && now !== done && now > 0) note(`${now} of ${resend.matched}`);
    done = now;
    resend = await control.call("deadLetter.getResend", { station }, { id: asked.id });
  }
  return resend;
}

/** What is changed of each; `undefined` for nothing. */
function editOf({ payload, header }: ResendOptions): EditRequest | undefined {
  if (payload === undefined && header === undefined) return undefined;
  return given({ payload, headers: header });
}

function headerEdits(
  text: string,
  before: Readonly<Record<string, string | null>> = {},
): Readonly<Record<string, string | null>> {
  const at = text.indexOf(":");
  const name = at < 0 ? text : text.slice(0, at);
  const value = at < 0 ? "" : text.slice(at + 1).trim();
  return { ...before, [name.trim()]: value === "" ? null : value };
}

/** `oxbow dead-letter resends`. */
export function listResends(): Command {
  return subcommand("resends", "List what was resent of a station, and how far it is.", [
    "oxbow dead-letter resends orders",
  ])
    .addArgument(stationArgument())
    .action((station: string, options: PlatformOptions) =>
      withControl(options, "oxbow dead-letter resends", async (control) => {
        const list = control.list("deadLetter.resends", {}, { station });
        tell(options, await Array.fromAsync(list), renderResends);
      }),
    );
}

/** `oxbow dead-letter cancel`. */
export function cancelResend(): Command {
  return subcommand("cancel", "End a resend; what it has sent stays sent.", [
    "oxbow dead-letter cancel orders 8v8LUyc984NMSBrWHtRkfd",
  ])
    .addArgument(stationArgument())
    .addArgument(new Argument("<id>", "of the resend"))
    .action((station: string, id: string, options: PlatformOptions) =>
      withControl(options, "oxbow dead-letter cancel", async (control) => {
        const resend = await control.call("deadLetter.cancelResend", { station }, { id });
        tell(options, resend, renderResend);
      }),
    );
}
