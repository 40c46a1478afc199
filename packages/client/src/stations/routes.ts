import { type JetStreamManager, jetstreamManager, type StreamInfo } from "@nats-io/jetstream";
import { errors } from "@nats-io/nats-core";
import { OxbowError } from "@oxbow/base";
import { isForbidden } from "../connection/forbidden.ts";
import type { Link } from "../connection/link.ts";
import { ControlClient } from "../control/control-client.ts";
import { platformError } from "../control/platform-errors.ts";
import { clientError } from "../errors.ts";
import { isMissing } from "../groups/refusals.ts";
import { inParallel } from "../in-parallel.ts";
import { isBucketStream, isOwnStream } from "./own-streams.ts";
import type { Route } from "./route.ts";
import { stationName, stationToken, streamName } from "./station-name.ts";
import { membershipOf, settingsOf } from "./station-streams.ts";

/** Finds where the messages of stations are, and remembers it. */
export class Routes {
  readonly #link: Link;
  readonly #timeoutMs: number;
  readonly #known = new Map<string, Route>();
  readonly #sought = new Map<string, Promise<Route>>();
  #manager: Promise<JetStreamManager> | undefined;

  constructor(link: Link, timeoutMs: number) {
    this.#link = link;
    this.#timeoutMs = timeoutMs;
  }

  /** What asks JetStream; made at its first use. */
  manager(): Promise<JetStreamManager> {
    this.#manager ??= jetstreamManager(this.#link.nc, {
      checkAPI: false,
      timeout: this.#timeoutMs,
    });
    return this.#manager;
  }

  /** What is remembered of a station, if anything. */
  known(name: string): Route | undefined {
    return this.#known.get(name);
  }

  forget(name: string): void {
    this.#known.delete(name);
  }

  /** @throws OxbowError `STATION_NOT_FOUND`, `STATION_INVALID` */
  async find(name: string): Promise<Route> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const sought = this.#sought.get(name);
    if (sought !== undefined) return sought;
    const search = this.#search(name);
    this.#sought.set(name, search);
    try {
      const route = await search;
      this.#known.set(name, route);
      return route;
    } finally {
      this.#sought.delete(name);
    }
  }

  /**
   * The same for who produces: where stations make themselves, one that there is not is made.
   *
   * @throws OxbowError as {@link find} does, and what a station of the name can't be
   */
  async findOrMake(name: string): Promise<Route> {
    try {
      return await this.find(name);
    } catch (error) {
      if (!hasCode(error, "STATION_NOT_FOUND") || !(await this.#isMade(name))) throw error;
      return this.find(name);
    }
  }

  /** Whether the platform, if there is one for this user, has made a station. */
  async #isMade(name: string): Promise<boolean> {
    const control = new ControlClient(this.#link.nc, { timeoutMs: this.#timeoutMs });
    try {
      const { isAutoCreated } = await control.call("station.defaults", {}, {});
      if (isAutoCreated) await control.call("station.ensure", { station: name }, {});
      return isAutoCreated;
    } catch (error) {
      if (hasCode(error, "API_UNAVAILABLE", "ACCESS_DENIED")) return false;
      throw error;
    }
  }

  /** The routes of all stations; for a user who may not see all streams, of those that the platform lets it see. */
  async list(): Promise<Route[]> {
    const routes = await this.#all().catch((error: unknown) => {
      if (!isForbidden(error)) throw error;
      return this.#visible();
    });
    for (const route of routes) this.#known.set(route.station, route);
    return routes.sort((a, b) => (a.station < b.station ? -1 : 1));
  }

  async #all(): Promise<Route[]> {
    const streams = new Map<string, StreamInfo[]>();
    for await (const info of (await this.manager()).streams.list()) {
      const { name } = info.config;
      if (isBucketStream(name) || isOwnStream(name)) continue;
      const station = membershipOf(info.config)?.station ?? name;
      streams.set(station, [...(streams.get(station) ?? []), info]);
    }
    return [...streams.values()].map(routeOfStreams).filter((each) => each !== undefined);
  }

  async #visible(): Promise<Route[]> {
    const control = new ControlClient(this.#link.nc, { timeoutMs: this.#timeoutMs });
    const names: string[] = [];
    for await (const { name, isInternal } of control.list("station.list", {})) {
      if (!isInternal) names.push(name);
    }
    return inParallel(names, (name) => this.#search(name));
  }

  async #search(given: string): Promise<Route> {
    try {
      return await this.#link.attempt(() => this.#ask(given));
    } catch (error) {
      if (!isForbidden(error)) throw explained(given, error);
      // Who may only publish can't ask. A server with a gate finds the partition by itself.
      const name = stationName(given);
      return plainRoute(name, stationToken(name));
    }
  }

  async #ask(given: string): Promise<Route> {
    if (!/^[a-z0-9_.-]*$/.test(given) && isStreamName(given)) {
      const plain = await this.#stream(given);
      const route = plain && routeOfStreams([plain]);
      if (route !== undefined && !route.isManaged) return route;
    }
    const name = stationName(given);
    const alone = await this.#stream(streamName(name, 1, 1));
    const first = alone ?? (await this.#stream(streamName(name, 1, 2)));
    const route = first && routeOfFirst(first);
    if (route !== undefined) return route;
    const text = `there is no station ${name}: create it, as with "oxbow station create ${name}"`;
    throw platformError("STATION_NOT_FOUND", text);
  }

  async #stream(name: string): Promise<StreamInfo | undefined> {
    try {
      return await (await this.manager()).streams.info(name);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

/** The route of a station, by its first stream alone: that says how many partitions there are. */
function routeOfFirst({ config }: StreamInfo): Route {
  const member = membershipOf(config);
  const isUntilAcknowledged = config.retention !== "limits";
  if (member === undefined) {
    const literal = config.subjects?.filter((subject) => !/[*>]/.test(subject)) ?? [];
    return {
      station: config.name,
      isManaged: false,
      streams: [config.name],
      subject: literal.length === 1 && config.subjects?.length === 1 ? literal[0] : undefined,
      isUntilAcknowledged,
      isByContent: false,
    };
  }
  const { station, partitionsCount } = member;
  const streams = Array.from({ length: partitionsCount }, (_, index) =>
    streamName(station, index + 1, partitionsCount),
  );
  return {
    station,
    isManaged: true,
    streams,
    subject: undefined,
    isUntilAcknowledged,
    isByContent: settingsOf(config).duplicatesBy === "content",
  };
}

function routeOfStreams(infos: readonly StreamInfo[]): Route | undefined {
  const first = infos.find(({ config }) => (membershipOf(config)?.partition ?? 1) === 1);
  return first && routeOfFirst(first);
}

function plainRoute(station: string, stream: string): Route {
  return {
    station,
    isManaged: true,
    streams: [stream],
    subject: undefined,
    isUntilAcknowledged: false,
    isByContent: false,
  };
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof OxbowError && codes.includes(error.code);
}

function isStreamName(name: string): boolean {
  return name.length > 0 && name.length <= 255 && !/[\s.*>/\\]/.test(name);
}

/** Puts what the connection throws in words of stations. */
function explained(station: string, error: unknown): unknown {
  if (error instanceof OxbowError || !(error instanceof Error)) return error;
  const options = { cause: error };
  if (error.name === "JetStreamNotEnabled") {
    const text = `station ${station}: the server has no JetStream: turn it on`;
    return platformError("STATION_UNAVAILABLE", text, options);
  }
  if (error instanceof errors.TimeoutError) {
    const text = `station ${station}: the server did not say in time where it is`;
    return clientError("REQUEST_TIMEOUT", text, options);
  }
  return error;
}
