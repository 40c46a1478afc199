import type { HealthCheck } from "../contract/index.ts";
import type { Exposition, HistogramSample } from "./exposition.ts";
import { families } from "./families.ts";

/** What an engine of this process counts. */
interface ServerNumbers {
  readonly connections: number;
  readonly connectionsTotal: number;
  readonly subscriptions: number;
  readonly inMessages: number;
  readonly inBytes: number;
  readonly outMessages: number;
  readonly outBytes: number;
  readonly slowConsumers: number;
  readonly staleConnections: number;
  readonly commits: number;
  readonly records: number;
  readonly bytes: number;
}

/** What only the process of the server itself can tell. */
export interface ServerFacts {
  numbers(): ServerNumbers;
  times(): {
    readonly sync: HistogramSample | undefined;
    readonly publishAck: HistogramSample | undefined;
  };
  /** What gates have said, of the account of a tenant. */
  gates(tenant: string): Readonly<Record<string, number>> | undefined;
  health(): readonly HealthCheck[];
}

/** Writes what is not of one tenant. */
export function writeServer(to: Exposition, facts: ServerFacts): void {
  const numbers = facts.numbers();
  to.add(families.connections, {}, numbers.connections);
  to.add(families.connectionsTotal, {}, numbers.connectionsTotal);
  to.add(families.subscriptions, {}, numbers.subscriptions);
  to.add(families.inMessages, {}, numbers.inMessages);
  to.add(families.inBytes, {}, numbers.inBytes);
  to.add(families.outMessages, {}, numbers.outMessages);
  to.add(families.outBytes, {}, numbers.outBytes);
  to.add(families.slowConsumers, {}, numbers.slowConsumers);
  to.add(families.staleConnections, {}, numbers.staleConnections);
  to.add(families.journalCommits, {}, numbers.commits);
  to.add(families.journalRecords, {}, numbers.records);
  to.add(families.journalBytes, {}, numbers.bytes);
  const { sync, publishAck } = facts.times();
  if (sync !== undefined) to.addHistogram(families.journalSync, {}, sync);
  if (publishAck !== undefined) to.addHistogram(families.publishAck, {}, publishAck);
  const isFailed = facts.health().some(({ name, isOk }) => name === "store" && !isOk);
  to.add(families.isStoreFailed, {}, isFailed ? 1 : 0);
}

/** Writes what became of messages that did not fit. */
export function writeGates(to: Exposition, tenant: string, facts: ServerFacts): void {
  for (const [outcome, count] of Object.entries(facts.gates(tenant) ?? {})) {
    to.add(families.gateMessages, { tenant, outcome }, count);
  }
}
