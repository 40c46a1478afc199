import { formatDurationMs } from "@oxbow/server/units";
import type { Command } from "commander";
import type {
  Ingest,
  IngestChanges,
  IngestRequest,
  IngestVerification,
  IngestVerificationRequest,
  IngestWithSecret,
} from "oxbow/control";
import { durationMs, oneOf } from "../arguments.ts";
import { UsageError } from "../failures.ts";
import { renderFields, renderTable } from "../output/table.ts";
import type { PlatformOptions } from "./subcommand.ts";
import { textOf } from "./text-or-file.ts";

const kinds = ["github", "stripe", "slack", "standard", "hmac", "none"] as const;
type Kind = (typeof kinds)[number];

export interface IngestOptions extends PlatformOptions {
  readonly kind?: Kind;
  readonly secret?: string;
  readonly header?: string;
  readonly algorithm?: "sha256" | "sha512" | "sha1";
  readonly encoding?: "hex" | "base64";
  readonly prefix?: string;
  readonly timestampHeader?: string;
  readonly tolerance?: number;
  readonly idHeader?: string;
  readonly carry?: string;
  readonly description?: string;
  readonly pause?: boolean;
  readonly resume?: boolean;
}

export function withKind(command: Command): Command {
  return command
    .option("--kind <kind>", `who signs: ${kinds.join(", ")} (default none)`, oneOf(kinds))
    .option("--secret <secret>", "that the sender signs with, or @FILE that holds it");
}

/** Options that say how requests are verified, and what of them is kept. */
export function withIngestOptions(command: Command): Command {
  return command
    .option("--header <name>", "with hmac: the header that has the signature")
    .option(
      "--algorithm <name>",
      "with hmac: sha256 (default), sha512 or sha1",
      oneOf(["sha256", "sha512", "sha1"]),
    )
    .option("--encoding <name>", "with hmac: hex (default) or base64", oneOf(["hex", "base64"]))
    .option("--prefix <text>", "with hmac: what stands before the signature, sha256=")
    .option(
      "--timestamp-header <name>",
      "with hmac: the header of the time, signed before the body",
    )
    .option("--tolerance <duration>", "how far the time may be away (default 5m)", durationMs)
    .option("--id-header <name>", "with hmac and none: the header of the message id")
    .option("--carry <headers>", "headers that go along with the message, with commas between")
    .option("--description <text>", "what it is for");
}

export function ingestRequest(options: IngestOptions): IngestRequest {
  const { kind = "none", secret } = options;
  return {
    ...common(options),
    verify: { kind, ...verifyFields(options) } as IngestVerificationRequest,
    ...(secret !== undefined && { secret: textOf(secret) }),
  };
}

/** @param before - How it is verified now, of which what is not given stays. */
export function ingestChanges(options: IngestOptions, before: IngestVerification): IngestChanges {
  const { pause = false, resume = false } = options;
  if (pause && resume) throw new UsageError("oxbow ingest edit: write --pause or --resume");
  const fields = verifyFields(options);
  return {
    ...common(options),
    ...(Object.keys(fields).length > 0 && {
      verify: { ...before, ...fields } as IngestVerificationRequest,
    }),
    ...((pause || resume) && { isPaused: pause }),
  };
}

/** An ingest URL for people, with what is told of it this once. */
export function renderIngest(ingest: Ingest, made?: IngestWithSecret): string {
  const { station, name, description, verify, headers, isPaused, hasSecret, createdAt } = ingest;
  const once = (text: string | null | undefined): string | undefined =>
    text === null || text === undefined ? undefined : `${text} (told this once)`;
  const isMissing = !hasSecret && verify.kind !== "none";
  const how = `oxbow ingest rotate ${station} ${name} --secret @FILE`;
  return `${name} of ${station}\n${renderFields([
    ["description", description === "" ? undefined : description],
    ["path", once(made?.path)],
    ["secret", isMissing ? `none yet: ${how}` : once(made?.secret)],
    ["verified by", verificationText(verify)],
    ["headers", headers.join(", ") || undefined],
    ["paused", isPaused ? "yes" : undefined],
    ["old URL until", ingest.oldUrlUntil ?? undefined],
    ["old secret until", ingest.oldSecretUntil ?? undefined],
    ["created", createdAt],
  ])}`;
}

export function renderIngests(ingests: readonly Ingest[]): string {
  if (ingests.length === 0) {
    return 'no ingest URLs: create one with "oxbow ingest create STATION NAME"\n';
  }
  return renderTable(
    [{ title: "name" }, { title: "verified by" }, { title: "state" }],
    ingests.map(({ name, verify, isPaused, hasSecret }) => [
      name,
      verificationText(verify),
      isPaused ? "paused" : hasSecret || verify.kind === "none" ? "on" : "waits for its secret",
    ]),
  );
}

function verificationText(verify: IngestVerification): string {
  switch (verify.kind) {
    case "none":
      return "its URL only";
    case "github":
      return "github";
    case "hmac":
      return `${verify.algorithm} in ${verify.header}`;
    default:
      return `${verify.kind}, within ${formatDurationMs(verify.toleranceMs)}`;
  }
}

function common({ carry, description }: IngestOptions): Omit<IngestChanges, "verify"> {
  return {
    ...(carry !== undefined && { headers: carry.split(",").map((name) => name.trim()) }),
    ...(description !== undefined && { description }),
  };
}

function verifyFields(options: IngestOptions): Readonly<Record<string, unknown>> {
  const { header, algorithm, encoding, prefix, timestampHeader, tolerance, idHeader } = options;
  const all = { header, algorithm, encoding, prefix, timestampHeader, idHeader };
  const given = Object.entries({ ...all, toleranceMs: tolerance });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
