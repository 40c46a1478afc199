import type { JetStreamAccountStats } from "@nats-io/jetstream";
import type { GroupLag, Rule } from "oxbow/control";
import type { Group, Station } from "oxbow/internal";
import { type Finding, isAnyOf } from "./fold.ts";

/** How full something is that has a bound. */
export interface Fill {
  readonly key: string;
  readonly name: string;
  readonly station: string | null;
  readonly used: number;
  readonly max: number;
  readonly unit: "bytes" | "";
}

/** When something was stored in a station last. */
export interface StationUse {
  readonly station: Station;
  readonly lastAtMs: number;
}

/** A group that may be behind, and how far in time if that was asked for. */
export interface GroupUse {
  readonly group: Group;
  readonly lag: GroupLag | undefined;
}

type Findings = Map<string, Finding>;

/** The groups that are further behind than a rule wants. */
export function lagFindings(rule: Rule, uses: readonly GroupUse[]): Findings {
  const findings: Findings = new Map();
  const { lagMessagesMax, lagMsMax } = rule;
  for (const { group, lag } of uses) {
    if (!isAboutGroup(rule, group)) continue;
    const messages = group.waiting + group.inFlight;
    const isMany = lagMessagesMax !== null && messages > lagMessagesMax;
    const isLong = lagMsMax !== null && lag !== undefined && lag.ageMs > lagMsMax;
    if (!isMany && !isLong) continue;
    const { station, name } = group;
    const age = lag === undefined ? "" : `, the oldest of them for ${duration(lag.ageMs)}`;
    findings.set(`${station} ${name}`, {
      station,
      group: name,
      title: `Group ${name} of station ${station} is behind`,
      text: `${messages} messages are not acknowledged${age}.`,
    });
  }
  return findings;
}

export function isAboutGroup(rule: Rule, { station, name }: Group): boolean {
  return isAnyOf(rule.stations, station) && isAnyOf(rule.groups, name);
}

/** The stations in which nothing was stored for longer than a rule wants. */
export function idleFindings(rule: Rule, uses: readonly StationUse[], nowMs: number): Findings {
  const findings: Findings = new Map();
  for (const { station, lastAtMs } of uses) {
    const { name, createdAt } = station;
    const sinceMs = Math.max(lastAtMs, Date.parse(createdAt));
    const idleMs = nowMs - sinceMs;
    if (idleMs <= (rule.idleMs ?? 0) || !isAnyOf(rule.stations, name)) continue;
    const last = lastAtMs > 0 ? "The last message was stored" : "It is empty, and was made";
    findings.set(name, {
      station: name,
      group: null,
      title: `Nothing comes into station ${name}`,
      text: `${last} ${new Date(sinceMs).toISOString()}, ${duration(idleMs)} ago.`,
    });
  }
  return findings;
}

/** What is fuller than a rule wants. */
export function fullFindings(rule: Rule, fills: readonly Fill[]): Findings {
  const findings: Findings = new Map();
  const percentMax = rule.fullPercent ?? 100;
  for (const { key, name, station, used, max, unit } of fills) {
    if (station !== null && !isAnyOf(rule.stations, station)) continue;
    const percent = (used / max) * 100;
    if (percent < percentMax) continue;
    const count = unit === "" ? `${used} of ${max}` : `${sizeOf(used)} of ${sizeOf(max)}`;
    findings.set(key, {
      station,
      group: null,
      title: `${name} is ${Math.floor(percent)} % full`,
      text: `${count} are used; the rule tells from ${percentMax} % on.`,
    });
  }
  return findings;
}

/** What the account may have that has a bound. */
export function quotaFills({
  memory,
  storage,
  streams,
  consumers,
  limits,
}: JetStreamAccountStats): Fill[] {
  const fills: readonly Fill[] = [
    fill("storage", "The storage of the tenant", storage, limits.max_storage, "bytes"),
    fill("memory", "The memory of the tenant", memory, limits.max_memory, "bytes"),
    fill("streams", "The number of streams of the tenant", streams, limits.max_streams, ""),
    fill("consumers", "The number of consumers of the tenant", consumers, limits.max_consumers, ""),
  ];
  return fills.filter(({ max }) => max > 0);
}

/** Stations that refuse what is new when they are full; others make room. */
export function stationFills(stations: readonly Station[]): Fill[] {
  return stations.flatMap(({ name, settings, messages, bytes }) => {
    if (settings.discard !== "new") return [];
    const of = (key: string, used: number, max: number | null, unit: Fill["unit"]): Fill => ({
      ...fill(`${key} ${name}`, `Station ${name}`, used, max ?? 0, unit),
      station: name,
    });
    const both = [
      of("messages", messages, settings.maxMessages, ""),
      of("bytes", bytes, settings.maxBytes, "bytes"),
    ];
    return both.filter(({ max }) => max > 0);
  });
}

export function fill(
  key: string,
  name: string,
  used: number,
  max: number,
  unit: Fill["unit"],
): Fill {
  return { key, name, station: null, used, max, unit };
}

function sizeOf(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** step;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[step]}`;
}

/** In the two largest units that say something. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).slice(0, 2);
  return said.length === 0
    ? "less than a second"
    : said.map(([n, unit]) => `${n} ${unit}`).join(" ");
}
