import type { JetStreamManager } from "@nats-io/jetstream";
import { OxbowError } from "@oxbow/base";
import type { Rule, RuleKind } from "oxbow/control";
import { inParallel, isOwnStream, membershipOf } from "oxbow/internal";
import type { Groups } from "../../groups/groups.ts";
import type { Stations } from "../../stations/stations.ts";
import {
  type Fill,
  fill,
  fullFindings,
  type GroupUse,
  idleFindings,
  isAboutGroup,
  lagFindings,
  quotaFills,
  type StationUse,
  stationFills,
} from "./findings.ts";
import type { Finding } from "./fold.ts";

/** How full the disk is that the server keeps its data on. */
export interface DiskUse {
  readonly usedBytes: number;
  readonly sizeBytes: number;
}

/** What only who runs the server can tell. */
export interface ServerProbes {
  readonly disk?: () => Promise<DiskUse>;
  /** What keeps the server from storing messages; `undefined` if nothing does. */
  readonly health?: () => string | undefined;
}

/** What a looker works with. */
export interface LookerParts {
  readonly manager: JetStreamManager;
  readonly stations: () => Promise<Stations>;
  readonly groups: () => Promise<Groups>;
  readonly probes: ServerProbes;
}

/** What is found for a rule. */
export type Findings = ReadonlyMap<string, Finding>;

/** What nobody tells by itself, and has to be looked at. */
export const lookedAt: ReadonlySet<RuleKind> = new Set([
  "groupLag",
  "storageFilling",
  "stationIdle",
]);

/** Looks at what rules are about, and only at what there are rules for. */
export class Looker {
  readonly #parts: LookerParts;

  constructor(parts: LookerParts) {
    this.#parts = parts;
  }

  /** What is not as the rules want it now. @throws What the connection throws */
  async look(rules: readonly Rule[], nowMs: number): Promise<Map<string, Findings>> {
    const found = new Map<string, Findings>();
    const of = (kind: RuleKind): Rule[] => rules.filter(({ when }) => when === kind);
    const [lags, idles, fulls] = [of("groupLag"), of("stationIdle"), of("storageFilling")];
    if (lags.length > 0) {
      const uses = await this.#groupUses(lags);
      for (const rule of lags) found.set(rule.name, lagFindings(rule, uses));
    }
    if (idles.length > 0) {
      const uses = await this.#stationUses();
      for (const rule of idles) found.set(rule.name, idleFindings(rule, uses, nowMs));
    }
    if (fulls.length > 0) {
      const fills = [...(await this.#quotas()), ...(await this.#disk())];
      for (const rule of fulls) found.set(rule.name, fullFindings(rule, fills));
    }
    return found;
  }

  /** How far groups are behind in time is only looked at where a rule is about it. */
  async #groupUses(rules: readonly Rule[]): Promise<GroupUse[]> {
    const groups = await this.#parts.groups();
    const timed = rules.filter(({ lagMsMax }) => lagMsMax !== null);
    const all = (await groups.list()).filter(({ station }) => !isOwnStream(station));
    return inParallel(all, async (group) => {
      const isBehind = group.waiting + group.inFlight > 0;
      const isTimed = isBehind && timed.some((rule) => isAboutGroup(rule, group));
      const lag = isTimed ? await groups.lag(group.station, group.name).catch(ifGone) : undefined;
      return { group, lag };
    });
  }

  async #stationUses(): Promise<StationUse[]> {
    const lastAt = new Map<string, number>();
    for await (const { config, state } of this.#parts.manager.streams.list()) {
      const name = membershipOf(config)?.station ?? config.name;
      const atMs = state.last_seq === 0 ? 0 : Date.parse(state.last_ts);
      lastAt.set(name, Math.max(lastAt.get(name) ?? 0, atMs));
    }
    const stations = await (await this.#parts.stations()).list();
    return stations
      .filter(({ name }) => !isOwnStream(name))
      .map((station) => ({ station, lastAtMs: lastAt.get(station.name) ?? 0 }));
  }

  async #quotas(): Promise<Fill[]> {
    const account = await this.#parts.manager.getAccountInfo();
    const stations = await (await this.#parts.stations()).list();
    return [...quotaFills(account), ...stationFills(stations)];
  }

  async #disk(): Promise<Fill[]> {
    const { disk } = this.#parts.probes;
    if (disk === undefined) return [];
    const { usedBytes, sizeBytes } = await disk();
    return sizeBytes > 0 ? [fill("disk", "The disk", usedBytes, sizeBytes, "bytes")] : [];
  }
}

/** One that has gone meanwhile is not behind. */
function ifGone(error: unknown): undefined {
  if (error instanceof OxbowError && error.kind === "not-found") return undefined;
  throw error;
}
