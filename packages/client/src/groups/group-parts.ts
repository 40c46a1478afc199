import type { ConsumerInfo, JetStreamManager } from "@nats-io/jetstream";
import { inParallel } from "../in-parallel.ts";
import type { Partition, Station } from "../stations/station.ts";
import { isUpToDate, type Member, settingsOfMember } from "./group.ts";
import {
  beginningOf,
  begun,
  consumerOf,
  consumerSettings,
  filterSubjectsOf,
  originOf,
} from "./group-consumers.ts";
import type { GroupSettings } from "./group-settings.ts";
import { explained, isMissing } from "./refusals.ts";
import { StreamProbe } from "./stream-probe.ts";

/** The consumers that groups of a station are made of. */
export class GroupParts {
  readonly #manager: JetStreamManager;
  readonly #station: Station;

  constructor(manager: JetStreamManager, station: Station) {
    this.#manager = manager;
    this.#station = station;
  }

  /** The durable consumers of a name, by partition. */
  async find(consumer: string): Promise<Member[]> {
    const found = await inParallel(this.#station.partitions, async ({ number, stream }) => {
      try {
        const info = await this.#manager.consumers.info(stream, consumer);
        return isDurable(info) ? [{ number, stream, info }] : [];
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    });
    return found.flat();
  }

  /** All durable consumers, by partition. */
  async list(): Promise<Member[]> {
    const lists = await inParallel(this.#station.partitions, async ({ number, stream }) => {
      try {
        const infos = await Array.fromAsync(this.#manager.consumers.list(stream));
        return infos.filter(isDurable).map((info) => ({ number, stream, info }));
      } catch (error) {
        // Somebody may have deleted the station since it was looked for.
        if (isMissing(error)) return [];
        throw error;
      }
    });
    return lists.flat();
  }

  /** Makes, changes and begins what of a group is not as it is to be, the first partition last. */
  async ensure(name: string, settings: GroupSettings, members: readonly Member[]): Promise<void> {
    for (const partition of [...this.#station.partitions].reverse()) {
      const present = members.find(({ number }) => number === partition.number);
      const member =
        present === undefined
          ? await this.#make(name, settings, partition)
          : await this.#change(name, settings, present);
      await this.begin(name, member);
    }
  }

  /**
   * Puts a consumer that has not begun to where it begins, and lets it go. One that was let go already was put there
   * before, and may have delivered since.
   */
  async begin(name: string, member: Member): Promise<Member> {
    const { stream, info } = member;
    const { consumers } = this.#manager;
    const sequence = beginningOf(info.config);
    if (sequence === undefined) return member;
    return explained(this.#station.name, name, async () => {
      if (info.paused === true) {
        await consumers.reset(stream, info.name, sequence);
        await consumers.resume(stream, info.name);
      }
      return { ...member, info: await consumers.update(stream, info.name, begun(info.config)) };
    });
  }

  async #make(
    name: string,
    settings: GroupSettings,
    { number, stream }: Partition,
  ): Promise<Member> {
    const { start } = settings;
    const origin = originOf(this.#station, stream, name);
    const info = await explained(this.#station.name, name, async () => {
      const isAtOnce = start.from === "beginning" || start.from === "lastPerKey";
      const filters = filterSubjectsOf(consumerSettings(settings, origin));
      const spot = isAtOnce
        ? undefined
        : await new StreamProbe(this.#manager, stream, filters).at(start);
      return this.#manager.consumers.add(
        stream,
        consumerOf(name, settings, origin, spot?.sequence),
      );
    });
    return { number, stream, info };
  }

  async #change(name: string, settings: GroupSettings, member: Member): Promise<Member> {
    const present = JSON.stringify(settingsOfMember(this.#station, member));
    if (present === JSON.stringify(settings) && isUpToDate(this.#station, member)) return member;
    const { stream, info } = member;
    const wanted = consumerSettings(settings, originOf(this.#station, stream, name));
    const changed = await explained(this.#station.name, name, () =>
      this.#manager.consumers.update(stream, info.name, wanted),
    );
    return { ...member, info: changed };
  }
}

function isDurable({ config }: ConsumerInfo): boolean {
  return (config.durable_name ?? "") !== "";
}
