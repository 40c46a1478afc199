import { globalAccountName } from "../auth/verdicts.ts";
import type { ClosedConnection, ConnectionFacts } from "../connection/connection-facts.ts";
import type { Engine } from "../engine.ts";
import { timestampOf } from "../routing/event-head.ts";
import { subjectsOverlap } from "../subjects/subject.ts";
import { BadRequest } from "./bad-request.ts";
import { connectionInfo } from "./connection-info.ts";
import { connectionOrder } from "./connection-order.ts";
import { LaterList } from "./json-page.ts";
import type { Pacer } from "./pacer.ts";

/** What connections are wanted, and how. */
export interface ConnzOptions {
  /** `cid`, `start`, `subs`, `pending`, `msgs_to` …; empty is `cid`. */
  readonly sort: string;
  /** Whether to say who they are. */
  readonly hasUser: boolean;
  readonly subscriptions: "none" | "subjects" | "details";
  readonly offset: number;
  /** 0 or less is 1,024. */
  readonly limit: number;
  /** Only this one; 0 is all. */
  readonly connectionId: number;
  readonly state: "open" | "closed" | "any";
  /** Only those of this user, account, or with interest in this subject; empty is all. */
  readonly user: string;
  readonly account: string;
  readonly mqttClient: string;
  readonly filterSubject: string;
}

const limitDefault = 1024;

/**
 * The connections of a server, with the fields of nats-server's `/connz`.
 *
 * @throws BadRequest
 */
export async function connz(
  engine: Engine,
  options: ConnzOptions,
): Promise<Record<string, unknown>> {
  const nowMs = engine.nowMs();
  const order = orderOf(options, nowMs);
  const filter = filterOf(options);
  const { account, state, connectionId } = options;
  const offset = Math.max(0, options.offset);
  const wanted = options.limit <= 0 ? limitDefault : options.limit;
  const limit = connectionId > 0 ? 1 : wanted;
  const head = { now: timestampOf(nowMs), num_connections: 0, total: 0, offset, limit };
  if (account !== "" && !engine.accounts.has(account)) {
    return { server_id: "", ...head, connections: null };
  }
  const pacer = engine.pacer();
  const open = state === "closed" ? [] : await openConnections(engine, account, pacer);
  const closed = state === "open" ? [] : closedConnections(engine, account);
  const total = open.length + closed.length;
  const candidates = choose(open, closed, options);
  const isKept = await pacer.map(candidates, filter);
  const chosen = candidates.filter((_, index) => isKept[index] === true).sort(order);
  const shown = chosen.slice(offset, offset + limit);
  return {
    server_id: engine.info.id,
    ...{ ...head, num_connections: shown.length, total },
    connections: LaterList.of(shown, (facts) =>
      connectionInfo(facts, nowMs, options, (name) => engine.accountTag(name)),
    ),
  };
}

function orderOf({ sort, state }: ConnzOptions, nowMs: number): ReturnType<typeof connectionOrder> {
  const order = connectionOrder(sort === "" ? "cid" : sort, nowMs);
  if (order === undefined) throw new BadRequest(`invalid sorting option: ${sort}`);
  if ((sort === "stop" || sort === "reason") && state !== "closed") {
    throw new BadRequest(`sort by ${sort} only valid on closed connections`);
  }
  return order;
}

function filterOf({ filterSubject, account }: ConnzOptions): (facts: ConnectionFacts) => boolean {
  if (filterSubject === "" || filterSubject === ">") return () => true;
  if (account === "") throw new BadRequest("filter by subject only valid with account filtering");
  // As nats-server has it, closed ones are not asked what they subscribed to.
  return (facts) =>
    "stoppedAtMs" in facts ||
    [...facts.subscriptions].some(({ subject }) => subjectsOverlap(subject, filterSubject));
}

function openConnections(
  engine: Engine,
  account: string,
  pacer: Pacer,
): Promise<ConnectionFacts[]> {
  const open = [...engine.connections].filter(
    (client) => !client.isClosed && (account === "" || client.accountName === account),
  );
  return pacer.map(open, (client) => client.facts());
}

function closedConnections(engine: Engine, account: string): ClosedConnection[] {
  const closed = engine.closedConnections();
  if (account === "") return closed;
  // As nats-server has it, those of the global account are of none once they are closed.
  return closed.filter(
    ({ accountName }) => accountName === account && account !== globalAccountName,
  );
}

function choose(
  open: readonly ConnectionFacts[],
  closed: readonly ClosedConnection[],
  { connectionId, user, mqttClient }: ConnzOptions,
): (ConnectionFacts | ClosedConnection)[] {
  const isWanted = (facts: ConnectionFacts): boolean =>
    (user === "" || facts.user === user) && mqttClient === "";
  if (connectionId === 0) return [...open, ...closed].filter(isWanted);
  const one = open.find(({ id }) => id === connectionId);
  if (one !== undefined) return [one];
  return closed.filter((facts) => facts.id === connectionId && isWanted(facts));
}
