import type { Command } from "commander";
import type { ChannelChanges, ChannelRequest } from "oxbow/control";
import { oneOf, wholeNumber } from "../arguments.ts";
import { UsageError } from "../failures.ts";
import type { PlatformOptions } from "./subcommand.ts";
import { textOf } from "./text-or-file.ts";

type To = ChannelRequest["to"];
type EmailChanges = { -readonly [Field in keyof Extract<To, { kind: "email" }>]?: unknown };

export interface ChannelOptions extends PlatformOptions {
  readonly slack?: string;
  readonly webhook?: string;
  readonly secret?: string;
  readonly newSecret?: boolean;
  readonly email?: string;
  readonly from?: string;
  readonly smtp?: string;
  readonly security?: "tls" | "starttls" | "none";
  readonly smtpUser?: string;
  readonly smtpPassword?: string;
  readonly station?: string;
  readonly perMinute?: number;
  readonly description?: string;
  readonly pause?: boolean;
  readonly resume?: boolean;
}

/** Options that say where a channel leads. What is secret can stand in a file. */
export function withChannelOptions(command: Command): Command {
  return command
    .option("--slack <url>", "incoming webhook of Slack, or @FILE that holds it")
    .option("--webhook <url>", "web server that is told by signed requests, or @FILE")
    .option("--secret <secret>", "whsec_… that they are signed with (default random), or @FILE")
    .option("--email <addresses>", "recipients, ops@example.com,ann@example.com")
    .option("--from <address>", "sender of the mail")
    .option("--smtp <host[:port]>", "server that takes mail")
    .option(
      "--security <kind>",
      "tls, starttls (default) or none",
      oneOf(["tls", "starttls", "none"]),
    )
    .option("--smtp-user <user>", "user of that server, or none")
    .option("--smtp-password <password>", "its password, or @FILE that holds it")
    .option("--station <name>", "station that takes the notifications")
    .option("--per-minute <count>", "notifications a minute, at most", wholeNumber(1, 600))
    .option("--description <text>", "what it is for");
}

/** @throws UsageError unless it is said where it leads */
export function channelRequest(options: ChannelOptions): ChannelRequest {
  const to = target(options);
  if (to !== undefined) return { ...common(options), to: to as unknown as To };
  const text =
    "say where it leads: --slack, --webhook, --email with --smtp and --from, or --station";
  throw new UsageError(`oxbow notification channel create: ${text}`);
}

/** @param kind - What the channel is, for options that do not say so. */
export function channelChanges(options: ChannelOptions, kind: To["kind"]): ChannelChanges {
  const { pause = false, resume = false } = options;
  if (pause && resume) {
    throw new UsageError("oxbow notification channel edit: write --pause or --resume");
  }
  const to = target(options, kind);
  return {
    ...common(options),
    ...(to !== undefined && { to: to as NonNullable<ChannelChanges["to"]> }),
    ...((pause || resume) && { isPaused: pause }),
  };
}

function common({ perMinute, description }: ChannelOptions): Omit<ChannelRequest, "to"> {
  return {
    ...(perMinute !== undefined && { perMinuteMax: perMinute }),
    ...(description !== undefined && { description }),
  };
}

function target(
  options: ChannelOptions,
  kind?: To["kind"],
): Readonly<Record<string, unknown>> | undefined {
  const { slack, webhook, station, secret, newSecret } = options;
  const email = emailOf(options);
  const given = [
    slack !== undefined && { kind: "slack", url: textOf(slack) },
    (webhook !== undefined || secret !== undefined || newSecret === true) && {
      kind: "webhook",
      ...(webhook !== undefined && { url: textOf(webhook) }),
      ...(secret !== undefined && { secret: textOf(secret) }),
      ...(newSecret === true && { secret: null }),
    },
    Object.keys(email).length > 0 && { kind: "email", ...email },
    station !== undefined && { kind: "station", station },
  ].filter((each) => each !== false);
  const [only] = given;
  if (given.length > 1 || (kind !== undefined && only !== undefined && only.kind !== kind)) {
    const text =
      kind === undefined
        ? "a channel leads to one of Slack, a webhook, e-mail and a station: make others for the rest"
        : `the channel is one of ${kind}, and these options are of others`;
    throw new UsageError(`oxbow notification channel: ${text}`);
  }
  return only;
}

function emailOf({
  email,
  from,
  smtp,
  security,
  smtpUser,
  smtpPassword,
}: ChannelOptions): EmailChanges {
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(smtp ?? "") ?? [];
  return {
    ...(email !== undefined && { to: email.split(",").map((address) => address.trim()) }),
    ...(from !== undefined && { from }),
    ...(smtp !== undefined && { host }),
    ...(port !== undefined && { port: Number(port) }),
    ...(security !== undefined && { security }),
    ...(smtpUser === "none"
      ? { user: null, password: null }
      : smtpUser !== undefined && { user: smtpUser }),
    ...(smtpPassword !== undefined && { password: textOf(smtpPassword) }),
  };
}
