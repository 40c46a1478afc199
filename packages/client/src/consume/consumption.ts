import type { Msg } from "@nats-io/nats-core";
import { clientError } from "../errors.ts";
import { type Announced, count, type Herald } from "../presence/herald.ts";
import { checkedShownName } from "../presence/shown-name.ts";
import { laterToken } from "../stations/route.ts";
import type { Routes } from "../stations/routes.ts";
import { beginProcessing, passedOn } from "../tracing/consume-spans.ts";
import type { ValueType } from "../values/value-type.ts";
import { type ConsumeOptions, prefetchOf } from "./consume-options.ts";
import { followStations } from "./follow-stations.ts";
import type { GroupFinder, GroupMember } from "./group-finder.ts";
import { KeepWorking } from "./keep-working.ts";
import { Mailbox } from "./mailbox.ts";
import { type GroupSource, Message, type MessageServices } from "./message.ts";
import { OrderedPull, type PartitionShare } from "./ordered/ordered-pull.ts";
import { openPlainSource, type Source, type SourceOptions } from "./source.ts";
import { checkPattern, isPattern, matchesPattern } from "./station-patterns.ts";

/** What consumers share. */
export interface ConsumerServices extends MessageServices {
  readonly routes: Routes;
  readonly groups: GroupFinder;
  /** Announces members of groups. */
  readonly herald: Herald;
  /** Whether what it gets is worked on elsewhere, as by those who come in by HTTP. */
  readonly passesOn: boolean;
  /** Those that are under way, to be stopped before the connection is closed. */
  readonly consumptions: Set<{ stop(): Promise<void> }>;
  /** Functions that are called with messages. */
  readonly handlers: Set<{ readonly done: Promise<void> }>;
}

interface Waiting {
  readonly message: Message<unknown>;
  readonly source: Source;
}

const noBytes = new Uint8Array();

/**
 * The messages that a member of a group gets, as an async iterator: of all partitions of its stations, in order within each.
 * It starts with the first `next()`. A message that was handed out is the caller's, who says what became of it; at `stop()`,
 * or when a loop over it is left, those that were fetched ahead are given back.
 */
export class Consumption<Value> implements AsyncIterableIterator<Message<Value>>, AsyncDisposable {
  readonly #services: ConsumerServices;
  readonly #type: ValueType;
  readonly #names: readonly string[];
  readonly #options: ConsumeOptions;
  readonly #prefetch: number;
  readonly #mailbox = new Mailbox<Waiting>();
  readonly #pulls = new Map<string, Source>();
  readonly #keepWorking: KeepWorking | undefined;
  /** As which it is announced, by station. */
  readonly #announced = new Map<string, Announced>();
  #started: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #leavePatterns: () => void = () => undefined;

  /** Made by `consume`. @throws OxbowError `OPTIONS_INVALID` */
  constructor(
    services: ConsumerServices,
    type: ValueType,
    stations: readonly string[],
    options: ConsumeOptions,
  ) {
    this.#services = services;
    this.#type = type;
    this.#names = stations;
    this.#options = options;
    this.#prefetch = prefetchOf(options);
    if (options.name !== undefined) checkedShownName(options.name);
    for (const name of stations) if (isPattern(name)) checkPattern(name);
    this.#keepWorking = options.keepWorking === true ? new KeepWorking() : undefined;
    options.signal?.addEventListener("abort", () => void this.stop(), { once: true });
    if (options.signal?.aborted === true) void this.stop();
  }

  /** Resolves once the group is there and messages are asked for; iterating does it, too. */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async next(): Promise<IteratorResult<Message<Value>, undefined>> {
    if (this.#started === undefined) await this.start();
    let waiting: Waiting | undefined;
    do {
      const taken = this.#mailbox.take();
      waiting = taken instanceof Promise ? await taken : taken;
      if (waiting === undefined) return { done: true, value: undefined };
    } while (!waiting.source.claim(waiting.message));
    const message = waiting.message as Message<Value>;
    if (this.#type.isChecked) {
      const decoded = this.#type.decode(message.data);
      message.decoded = decoded instanceof Promise ? await decoded : decoded;
    }
    const { tracing, passesOn } = this.#services;
    if (tracing !== undefined) (passesOn ? passedOn : beginProcessing)(tracing, message);
    return { done: false, value: message };
  }

  /** A loop over it was left. */
  async return(): Promise<IteratorResult<Message<Value>, undefined>> {
    await this.stop();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Asks for no more messages and gives those back that were fetched ahead. What was handed out can still be settled.
   * Resolves once the server knows.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(): Promise<void> {
    this.#services.link.assertOpen();
    if (this.#stopping !== undefined) return;
    this.#services.consumptions.add(this);
    try {
      const literal = this.#names.filter((name) => !isPattern(name));
      const { group, create = {} } = this.#options;
      const found = [];
      for (const name of literal) found.push(await this.#services.groups.find(name, group, create));
      const count = found.reduce((sum, { members }) => sum + members.length, 0);
      for (const { route, members } of found) this.#pull(route, members, count);
      if (literal.length < this.#names.length) await this.#followPatterns();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stations may come later. Those that are there must be consumed for it to have started. */
  async #followPatterns(): Promise<void> {
    this.#leavePatterns = followStations(this.#services.link, () => this.#refresh());
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    if (this.#stopping !== undefined) return;
    const patterns = this.#names.filter(isPattern);
    const { routes, groups } = this.#services;
    const { group, create = {} } = this.#options;
    let failure: unknown;
    for (const route of await routes.list()) {
      if (!patterns.some((pattern) => matchesPattern(pattern, route.station))) continue;
      if (route.streams.every((stream) => this.#pulls.has(stream))) continue;
      try {
        const { members } = await groups.find(route.station, group, create);
        this.#pull(route, members, this.#pulls.size + members.length);
      } catch (error) {
        // One that can't be consumed, or not yet, is no reason to leave out the others.
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }

  #pull(
    route: {
      readonly station: string;
      readonly isManaged: boolean;
      readonly isUntilAcknowledged: boolean;
    },
    members: readonly GroupMember[],
    count: number,
  ): void {
    const { link, groups, routes } = this.#services;
    const { group } = this.#options;
    if (this.#stopping === undefined && !this.#announced.has(route.station)) {
      const place = { kind: "consumer", station: route.station, group } as const;
      this.#announced.set(route.station, this.#services.herald.enter(place, this.#options.name));
    }
    const share: PartitionShare = { partitions: members.length, pulls: new Set() };
    for (const { partition, stream, consumer, maxAckTimeMs, ordered } of members) {
      if (this.#pulls.has(stream) || this.#stopping !== undefined) continue;
      const { station, isManaged, isUntilAcknowledged } = route;
      const from = { station, partition, stream, isManaged, isUntilAcknowledged, group };
      const options: SourceOptions = {
        stream,
        consumer,
        prefetch: Math.max(1, Math.floor(this.#prefetch / count)),
        toMessage: (raw) => this.#received(raw, from, ordered !== undefined),
        check: () => groups.check(station, group, stream, consumer),
        onEnd: (error) => this.#ended(station, stream, error),
        onMessage: (message) => {
          if (ordered === undefined) this.#keepWorking?.add(message, maxAckTimeMs);
          this.#mailbox.put({ message, source });
        },
      };
      if (ordered !== undefined && this.#options.keepWorking === false) {
        options.onEnd(keepsWorking(group, station));
        return;
      }
      const source: Source =
        ordered === undefined
          ? openPlainSource(link, options)
          : new OrderedPull(link, routes, { ...options, ...ordered, maxAckTimeMs, share });
      this.#pulls.set(stream, source);
    }
  }

  /** `undefined` for one that is nobody's to handle. */
  #received(raw: Msg, source: GroupSource, isOrdered: boolean): Message<unknown> | undefined {
    const message = new Message<unknown>(this.#services, raw, source, this.#decode);
    if (source.isManaged && raw.subject.startsWith(`${source.stream}.${laterToken}.`)) {
      // It waits for its time, and comes again then, by its own subject.
      message.ack();
      return undefined;
    }
    if (this.#stopping !== undefined && !isOrdered) {
      message.nak();
      return undefined;
    }
    const announced = this.#announced.get(source.station);
    if (announced !== undefined) count(announced.tally, raw.data.length);
    return message;
  }

  /** A schema is asked before a message is handed out: here are only codecs, which take no time. */
  readonly #decode = (data: Uint8Array) => {
    const decoded = this.#type.decode(data);
    return decoded instanceof Promise ? { value: noBytes, problem: undefined } : decoded;
  };

  #ended(station: string, stream: string, error: Error): void {
    this.#pulls.delete(stream);
    this.#announced.get(station)?.end();
    this.#announced.delete(station);
    const isNamed = this.#names.includes(station);
    const isGone = (error as { readonly code?: string }).code === "GROUP_NOT_FOUND";
    // One of the stations that a pattern stands for may go.
    if (isGone && !isNamed && this.#names.some(isPattern)) return;
    this.#mailbox.close(error);
    void this.stop();
  }

  async #stop(): Promise<void> {
    this.#leavePatterns();
    for (const { message, source } of this.#mailbox.empty()) source.giveBack(message);
    this.#mailbox.close();
    await Promise.all([...this.#pulls.values()].map((pull) => pull.stop()));
    this.#keepWorking?.end();
    for (const announced of this.#announced.values()) announced.end();
    this.#announced.clear();
    this.#services.consumptions.delete(this);
  }
}

function keepsWorking(group: string, station: string): Error {
  const text = `group ${group} of station ${station} is ordered by key: what its members have not settled stays theirs, so keepWorking can't be false: leave it out`;
  return clientError("OPTIONS_INVALID", text);
}
