import type { JetStreamManager } from "@nats-io/jetstream";
import type { Group, Member, Place } from "oxbow/internal";
import {
  explained,
  filterSubjectsOf,
  inParallel,
  planned,
  planOf,
  type RewindPlan,
  type Spot,
  StreamProbe,
} from "oxbow/internal";
import { checkRewindable, type Rewound, rewound, rewoundPartition } from "./rewind.ts";

/**
 * Rewinds the consumers of a group, one after the other, by `CONSUMER.RESET`: members that are connected go on.
 *
 * Where there are several, the sequence of each is first written into the metadata of the first one, and taken out at the
 * end. What is interrupted in between is finished by the same rewind, with the same sequences, whatever was published
 * since; another rewind takes its place.
 *
 * @param members - Of the partitions to rewind, by number.
 */
export class GroupRewind {
  readonly #manager: JetStreamManager;
  readonly #group: Group;
  readonly #members: readonly Member[];

  constructor(manager: JetStreamManager, group: Group, members: readonly Member[]) {
    this.#manager = manager;
    this.#group = group;
    this.#members = members;
  }

  /** @throws OxbowError `GROUP_FIXED`; nothing is rewound then */
  async run(to: Place, isDryRun: boolean): Promise<Rewound> {
    const [first] = this.#members;
    const isPlanned = this.#members.length > 1;
    const interrupted = first && isPlanned ? planOf(first.info.config) : undefined;
    const isSame = JSON.stringify(interrupted?.to) === JSON.stringify(to);
    const sequences = isSame ? interrupted?.sequences : undefined;
    const result = rewound(
      await inParallel(this.#members, async (member) => {
        const sequence = sequences?.[String(member.number)];
        const place: Place = sequence === undefined ? to : { from: "sequence", sequence };
        const target = await this.#explained(() => this.#target(member, place));
        return rewoundPartition(member, target, await this.#floorMessages(member, target));
      }),
    );
    if (isDryRun || first === undefined) return result;
    const plan = {
      to,
      sequences: Object.fromEntries(result.partitions.map((each) => [each.number, each.sequence])),
    };
    if (isPlanned) await this.#note(first, plan);
    for (const { number, sequence } of [...result.partitions].reverse()) {
      const member = this.#members.find((each) => each.number === number);
      if (member !== undefined) await this.#reset(member, sequence);
    }
    if (isPlanned) await this.#note(first, undefined);
    return result;
  }

  async #target(member: Member, place: Place): Promise<Spot> {
    const { config } = member.info;
    const probe = this.#probe(member);
    const target = await probe.at(place);
    const { opt_start_seq: sequence, opt_start_time: time } = config;
    const earliest =
      time === undefined ? sequence : (await probe.at({ from: "time", time })).sequence;
    checkRewindable(this.#group.name, member.info, target.sequence, earliest);
    return target;
  }

  /** Asked for only where it matters. */
  async #floorMessages(member: Member, { sequence }: Spot): Promise<number> {
    const { ack_floor: floor, delivered, num_ack_pending: inFlight } = member.info;
    const isBetween = sequence > floor.stream_seq + 1 && sequence <= delivered.stream_seq;
    if (inFlight === 0 || !isBetween) return 0;
    const spot = { from: "sequence", sequence: floor.stream_seq + 1 } as const;
    return (await this.#explained(() => this.#probe(member).at(spot))).messages;
  }

  #probe({ stream, info }: Member): StreamProbe {
    return new StreamProbe(this.#manager, stream, filterSubjectsOf(info.config));
  }

  async #reset({ stream, info }: Member, sequence: number): Promise<void> {
    await this.#explained(() => this.#manager.consumers.reset(stream, info.name, sequence));
  }

  async #note({ stream, info }: Member, plan: RewindPlan | undefined): Promise<void> {
    const { consumers } = this.#manager;
    await this.#explained(() => consumers.update(stream, info.name, planned(info.config, plan)));
  }

  #explained<T>(ask: () => Promise<T>): Promise<T> {
    return explained(this.#group.station, this.#group.name, ask);
  }
}
