import { isForbidden } from "../connection/forbidden.ts";
import type { Link } from "../connection/link.ts";
import { ControlClient } from "../control/control-client.ts";
import { platformError } from "../control/platform-errors.ts";
import { consumerName, consumerNames, groupName } from "../groups/group-name.ts";
import type { GroupRequest } from "../groups/group-settings.ts";
import { isOrderedByKey } from "../groups/ordered-by-key.ts";
import { isMissing } from "../groups/refusals.ts";
import { inParallel } from "../in-parallel.ts";
import type { Route } from "../stations/route.ts";
import type { Routes } from "../stations/routes.ts";

const defaultAckWaitMs = 30_000;
const nanosecondsPerMs = 1_000_000;

/** A consumer that a group is in a partition. */
export interface GroupMember {
  /** From 1. */
  readonly partition: number;
  readonly stream: string;
  readonly consumer: string;
  readonly maxAckTimeMs: number;
  /** Only if the group is ordered by key. */
  readonly ordered?: { readonly maxInFlight: number };
}

/** Finds the consumers of groups, and makes groups: by the platform, or where there is none as the platform would. */
export class GroupFinder {
  readonly #link: Link;
  readonly #routes: Routes;

  constructor(link: Link, routes: Routes) {
    this.#link = link;
    this.#routes = routes;
  }

  /**
   * The consumers of a group in all partitions of a station.
   *
   * @param create - What the group is made with, if there is none; `false` not to make one.
   * @throws OxbowError `GROUP_NOT_FOUND`, `STATION_NOT_FOUND`, and what making a group throws
   */
  async find(
    station: string,
    group: string,
    create: GroupRequest | false,
  ): Promise<{ readonly route: Route; readonly members: readonly GroupMember[] }> {
    const route = await this.#routes.find(station);
    return this.#link.attempt(() => this.#findIn(route, group, create));
  }

  async #findIn(
    route: Route,
    group: string,
    create: GroupRequest | false,
  ): Promise<{ readonly route: Route; readonly members: readonly GroupMember[] }> {
    const found = await this.#members(route, group);
    if (found.length === route.streams.length) return { route, members: found };
    if (create === false && found.length === 0) {
      const text = `station ${route.station} has no group ${group}: create it, or let consume make it`;
      throw platformError("GROUP_NOT_FOUND", text);
    }
    // A plain client's consumer may be on one stream of several only.
    if (create === false) return { route, members: found };
    let cause: unknown;
    try {
      await this.#make(route, group, create);
    } catch (error) {
      // Another member may have made it at the same time.
      if ((error as { readonly code?: string }).code !== "GROUP_EXISTS") throw error;
      cause = error;
    }
    const members = await this.#members(route, group);
    if (members.length === route.streams.length) return { route, members };
    const text = `group ${group} of station ${route.station} is not whole: create it again, or look at the problems of the station`;
    throw platformError("GROUP_UNAVAILABLE", text, { cause });
  }

  /**
   * Whether a consumer is there; `false` if that can't be found out now.
   *
   * @throws OxbowError `GROUP_NOT_FOUND`
   */
  async check(station: string, group: string, stream: string, consumer: string): Promise<boolean> {
    const manager = await this.#routes.manager();
    try {
      await manager.consumers.info(stream, consumer);
      return true;
    } catch (error) {
      if (isForbidden(error)) return true;
      if (!isMissing(error)) return false;
      const text = `group ${group} of station ${station} is gone: it was deleted, or its station was`;
      throw platformError("GROUP_NOT_FOUND", text);
    }
  }

  async #members({ streams, isManaged }: Route, group: string): Promise<GroupMember[]> {
    const names = isManaged ? [consumerName(groupName(group))] : consumerNames(group);
    const found = await inParallel(streams, async (stream) => {
      const partition = streams.indexOf(stream) + 1;
      for (const consumer of names) {
        const facts = await this.#facts(stream, consumer);
        if (facts !== undefined) return [{ partition, stream, consumer, ...facts }];
      }
      return [];
    });
    return found.flat();
  }

  /** `undefined` if there is no such consumer. */
  async #facts(
    stream: string,
    consumer: string,
  ): Promise<Pick<GroupMember, "maxAckTimeMs" | "ordered"> | undefined> {
    const manager = await this.#routes.manager();
    try {
      const { config } = await manager.consumers.info(stream, consumer);
      const times = [config.ack_wait ?? 0, ...(config.backoff ?? [])].filter((ns) => ns > 0);
      const maxAckTimeMs =
        times.length === 0 ? defaultAckWaitMs : Math.min(...times) / nanosecondsPerMs;
      if (!isOrderedByKey(config)) return { maxAckTimeMs };
      return { maxAckTimeMs, ordered: { maxInFlight: config.max_ack_pending ?? 1 } };
    } catch (error) {
      if (isMissing(error)) return undefined;
      // Who may only consume can't ask; that it is not there shows when it is asked for messages.
      if (isForbidden(error)) return { maxAckTimeMs: defaultAckWaitMs };
      throw error;
    }
  }

  async #make({ station, streams }: Route, group: string, request: GroupRequest): Promise<void> {
    try {
      await new ControlClient(this.#link.nc).call("group.create", { station, group }, request);
      return;
    } catch (error) {
      if ((error as { readonly code?: string }).code !== "API_UNAVAILABLE") throw error;
    }
    // Only needed without a platform.
    const { makeGroup } = await import("./make-group.ts");
    await makeGroup(await this.#routes.manager(), streams, group, request);
  }
}
