import type { Clock, GateFinding, GateMessage } from "@oxbow/base";
import type { Violation } from "../schema/violation.ts";
import type { SchemaDemand, StationPolicy } from "./station-policy.ts";

/** Notices of a station come with so much time between them at least. */
const intervalMs = 1_000;

/** What is told of messages that do not fit and were let in. Times are of RFC 3339. */
export interface GateNotice {
  readonly type: "io.oxbow.gate.v1.warning";
  readonly time: string;
  readonly station: string;
  readonly schema: string;
  readonly version: number;
  /** Of the last of them: its subject, its publisher if that has a name, and what was wrong where by which rule. */
  readonly subject: string;
  readonly client?: string;
  readonly path: string;
  readonly rule: string;
  readonly error: string;
  /** Messages since the notice before, this one included. */
  readonly count: number;
}

/** The subject of the notices of a station. */
export function noticeSubject(token: string): string {
  return `$OXBOW.EVENT.GATE.${token}`;
}

/** Tells of messages that do not fit, now and then. */
export class Warnings {
  readonly #policy: StationPolicy;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #subject: string;
  #count = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(policy: StationPolicy, clock: Pick<Clock, "nowMs">) {
    this.#policy = policy;
    this.#clock = clock;
    this.#subject = noticeSubject(policy.token);
  }

  /** A message does not fit; `undefined` if it is too soon to tell of it. */
  of(message: GateMessage, schema: SchemaDemand, violation: Violation): GateFinding | undefined {
    this.#count++;
    const nowMs = this.#clock.nowMs();
    // A clock that was set back must not silence it.
    const isTooSoon = nowMs >= this.#toldAtMs && nowMs < this.#toldAtMs + intervalMs;
    if (isTooSoon) return undefined;
    const { subjectBuffer, subjectStart, subjectEnd } = message;
    const client = message.publisherName();
    const notice: GateNotice = {
      type: "io.oxbow.gate.v1.warning",
      time: new Date(nowMs).toISOString(),
      station: this.#policy.station,
      schema: schema.name,
      version: schema.version,
      subject: subjectBuffer.toString("utf8", subjectStart, subjectEnd),
      ...(client !== "" && { client }),
      path: violation.path,
      rule: violation.rule,
      error: violation.message,
      count: this.#count,
    };
    this.#count = 0;
    this.#toldAtMs = nowMs;
    return { t: "noticed", subject: this.#subject, body: Buffer.from(JSON.stringify(notice)) };
  }
}
