import { type KV, Kvm } from "@nats-io/kv";
import { type NatsConnection, NoRespondersError, RequestError } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";

const bucketName = "oxbow_memphis";
/** Whoever answers there has the client. */
const subjectOf = (connectionId: string): string => `$memphis_connected.${connectionId}`;
const answerMs = 2_000;
/** A member whose connection is gone for so long does not come back. */
const graceMs = 60 * 60 * 1000;

/** A consumer of a group. Names are tokens: with `#` for each dot. */
export interface Member {
  readonly station: string;
  readonly group: string;
  readonly connectionId: string;
  readonly consumer: string;
}

/**
 * Who is a member of which group: SDKs say which consumer they destroy, and not of which group, which is to go with its
 * last member, wherever the others are connected. It is kept in the bucket `oxbow_memphis`, with the keys
 * `<station>.<group>.<connection>.<consumer>` and nothing in them; members whose connection no node has do not count.
 */
export class Presence {
  readonly #connect: () => Promise<NatsConnection>;
  readonly #clock: Clock;
  #bucket: Promise<KV> | undefined = undefined;

  constructor(connect: () => Promise<NatsConnection>, clock: Clock) {
    this.#connect = connect;
    this.#clock = clock;
  }

  /** Says that a client is connected here, until what it returns is called. */
  async connected(connectionId: string): Promise<() => void> {
    const connection = await this.#connect();
    const subscription = connection.subscribe(subjectOf(keyToken(connectionId)), {
      callback: (error, message) => {
        if (error === null) message.respond();
      },
    });
    return () => subscription.unsubscribe();
  }

  async enter(member: Member): Promise<void> {
    const bucket = await this.#open();
    await this.#forgetGone(member);
    await bucket.put(keyOf(member), "");
  }

  /** @returns The group that it was in; `undefined` if it was in none. */
  async leave(member: Omit<Member, "group">): Promise<string | undefined> {
    const [key] = await this.#keys(keyOf({ ...member, group: "*" }));
    if (key === undefined) return undefined;
    await (await this.#open()).purge(key);
    return fromKey(key.split(".")[1] ?? "");
  }

  /** Whether a member of the group is connected anywhere. */
  async hasMembers(station: string, group: string): Promise<boolean> {
    const keys = await this.#keys(`${keyToken(station)}.${keyToken(group)}.*.*`);
    for (const connectionId of new Set(keys.map((key) => key.split(".")[2] ?? ""))) {
      if (await this.#isConnected(connectionId)) return true;
    }
    return false;
  }

  /** To be called when a station is deleted. */
  async forgetStation(station: string): Promise<void> {
    const bucket = await this.#open();
    for (const key of await this.#keys(`${keyToken(station)}.*.*.*`)) await bucket.purge(key);
  }

  /** Members of a group that have left without a word a long time ago. */
  async #forgetGone({ station, group }: Member): Promise<void> {
    const bucket = await this.#open();
    for (const key of await this.#keys(`${keyToken(station)}.${keyToken(group)}.*.*`)) {
      const entry = await bucket.get(key);
      if (entry === null || entry.created.getTime() > this.#clock.nowMs() - graceMs) continue;
      if (!(await this.#isConnected(key.split(".")[2] ?? ""))) await bucket.purge(key);
    }
  }

  async #isConnected(connectionId: string): Promise<boolean> {
    try {
      await (await this.#connect()).request(subjectOf(connectionId), "", { timeout: answerMs });
      return true;
    } catch (error) {
      if (error instanceof NoRespondersError) return false;
      if (error instanceof RequestError && error.isNoResponders()) return false;
      throw error;
    }
  }

  async #keys(filter: string): Promise<string[]> {
    return Array.fromAsync(await (await this.#open()).keys(filter));
  }

  #open(): Promise<KV> {
    if (this.#bucket === undefined) {
      const opened = this.#connect().then((connection) =>
        new Kvm(connection).create(bucketName, { history: 1 }),
      );
      this.#bucket = opened;
      opened.catch(() => (this.#bucket = undefined));
    }
    return this.#bucket;
  }
}

function keyOf({ station, group, connectionId, consumer }: Member): string {
  const tokens = [station, group === "*" ? group : keyToken(group), connectionId, consumer];
  return tokens.map((token) => (token === "*" ? token : keyToken(token))).join(".");
}

/** A key has no `#`; names of Memphis have no `=`. What else a client calls its connection is made harmless. */
function keyToken(name: string): string {
  return name.replaceAll("#", "=").replaceAll(/[^\w=-]/g, "_");
}

function fromKey(token: string): string {
  return token.replaceAll("=", "#");
}
