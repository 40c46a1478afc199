import type {
  Clock,
  DeadLetterNote,
  GateFinding,
  GateMessage,
  PublishGate,
  SubjectRoom,
} from "@oxbow/base";
import { describeViolation, type Violation } from "../schema/violation.ts";
import { ContentIdentity } from "./content-identity.ts";
import { Partitioner } from "./partitioner.ts";
import type { SchemaDemand, StationPolicy } from "./station-policy.ts";
import { Warnings } from "./warnings.ts";

const dollar = 0x24;

/** Where messages that a station's gate did not let in go. */
export function gateDeadLetterSubject(token: string): string {
  return `$OXBOW.DL.${token}.gate`;
}

/**
 * Makes the gate of a station, `undefined` if it demands nothing.
 *
 * What it says of a message that it refuses, and notes with a dead letter, names the station, the schema and its version,
 * the place in the message and the rule.
 *
 * @param clock - For notices.
 */
export function compileStationGate(
  policy: StationPolicy,
  clock: Pick<Clock, "nowMs">,
): PublishGate | undefined {
  const { partitions, schema, messageBytesMax, identifiesContent = false, subjects } = policy;
  const checks = schema !== undefined || messageBytesMax !== undefined || identifiesContent;
  const isPartitioned = partitions > 1 && subjects === undefined;
  if (!checks && !isPartitioned) return undefined;
  const all = subjects ?? subjectsOf(policy, checks);
  return new CompiledStationGate(policy, all, isPartitioned, clock);
}

/** What is published to a station: to itself, and, where that is to be looked at, to its partitions. */
function subjectsOf(
  { token, partitions, moreSubjects = [] }: StationPolicy,
  checks: boolean,
): string[] {
  const subjects = [token, `${token}.>`, ...(checks ? moreSubjects : [])];
  for (let partition = 1; checks && partitions > 1 && partition <= partitions; partition++) {
    subjects.push(`${token}$${partition}`, `${token}$${partition}.>`);
  }
  return subjects;
}

class CompiledStationGate implements PublishGate {
  readonly subjects: readonly string[];
  readonly #policy: StationPolicy;
  readonly #schema: SchemaDemand | undefined;
  readonly #bytesMax: number;
  /** Whether there may be subjects that begin with `$`, which none of the station's own does. */
  readonly #hasMore: boolean;
  readonly #identity: ContentIdentity | undefined;
  readonly #partitioner: Partitioner | undefined;
  readonly #warnings: Warnings;
  readonly #deadLetterSubject: string;

  constructor(
    policy: StationPolicy,
    subjects: readonly string[],
    isPartitioned: boolean,
    clock: Pick<Clock, "nowMs">,
  ) {
    this.subjects = subjects;
    const { token, partitions, schema, messageBytesMax } = policy;
    this.#policy = policy;
    this.#schema = schema;
    this.#bytesMax = messageBytesMax ?? Number.POSITIVE_INFINITY;
    this.#hasMore = (policy.moreSubjects ?? []).length > 0;
    this.#identity = policy.identifiesContent === true ? new ContentIdentity(token) : undefined;
    this.#partitioner = isPartitioned ? new Partitioner(token, partitions) : undefined;
    this.#warnings = new Warnings(policy, clock);
    this.#deadLetterSubject = gateDeadLetterSubject(token);
  }

  judge(message: GateMessage, room: SubjectRoom): GateFinding | undefined {
    const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
    const isResent = this.#hasMore && message.subjectBuffer[message.subjectStart] === dollar;
    if (isResent && message.isFromProcess) return undefined;
    const size = payloadEnd - payloadStart;
    if (size > this.#bytesMax) return this.#tooLarge(message, size);
    const schema = this.#schema;
    const violation = schema?.compiled.check(payloadBuffer, payloadStart + headersSize, payloadEnd);
    if (schema === undefined || violation === undefined) return this.#place(message, room);
    if (schema.mode !== "warn") return this.#misfit(message, schema, violation);
    const notice = this.#warnings.of(message, schema, violation);
    return this.#place(message, room) ?? notice;
  }

  #place(message: GateMessage, room: SubjectRoom): GateFinding | undefined {
    this.#identity?.identify(message);
    const problem = this.#partitioner?.place(message, room);
    return problem === undefined ? undefined : this.#refused(message, problem, "partition");
  }

  #tooLarge(message: GateMessage, size: number): GateFinding {
    const error = `it has ${size} bytes with its headers, and may have ${this.#bytesMax}`;
    return this.#refused(message, error, "size");
  }

  /** Refused for what has nothing to do with its content, so that nothing else than that can become of it. */
  #refused(message: GateMessage, error: string, rule: string): GateFinding {
    const text = `message refused by station ${this.#policy.station}: ${error} (${rule})`;
    const deadLetter = this.#note(message, text, [["Oxbow-Rule", rule]]);
    return { t: "refused", text, deadLetter };
  }

  #misfit(message: GateMessage, schema: SchemaDemand, violation: Violation): GateFinding {
    const { name, version, mode } = schema;
    const { station } = this.#policy;
    const what = describeViolation(violation);
    const text = `message refused by the schema ${name} v${version} of station ${station}: ${what}`;
    const deadLetter = this.#note(message, text, [
      ["Oxbow-Rule", violation.rule],
      ["Oxbow-Path", violation.path],
      ["Oxbow-Schema", name],
      ["Oxbow-Schema-Version", String(version)],
    ]);
    const isDiverted = mode === "divert" && deadLetter !== undefined;
    return isDiverted ? { t: "diverted", text, deadLetter } : { t: "refused", text, deadLetter };
  }

  #note(
    message: GateMessage,
    text: string,
    more: readonly (readonly [string, string])[],
  ): DeadLetterNote | undefined {
    if (this.#policy.keepsRefused === false) return undefined;
    const { subjectBuffer, subjectStart, subjectEnd } = message;
    const client = message.publisherName();
    return {
      subject: this.#deadLetterSubject,
      headers: [
        ["Oxbow-Subject", subjectBuffer.toString("utf8", subjectStart, subjectEnd)],
        ["Oxbow-Error", text],
        ["Oxbow-Station", this.#policy.station],
        ...more,
        ...(client === "" ? [] : ([["Oxbow-Client", client]] as const)),
      ],
    };
  }
}
