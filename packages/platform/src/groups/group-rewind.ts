import type { JetStreamManager } from "@nats-io/jetstream";
import type { Rewound, RewoundPartition } from "oxbow/control";
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
import { checkRewindable, rewound, rewoundPartition } from "./rewind.ts";

/** How often a consumer is reset to where it is to be. */
const resetAttemptsMax = 100;

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
    for (const partition of [...result.partitions].reverse()) {
      const member = this.#members.find(({ number }) => number === partition.number);
      if (member !== undefined) await this.#reset(member, partition);
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

  /**
   * A nats-server that is just writing down how far a consumer has come, which it does some times a second while it is
   * in use, goes on to say that after a reset to the first sequence, and would begin there after a restart, though it
   * delivers from the first message on (2.14.5 and 2.15.1). Its answer shows it, and it is told again.
   */
  async #reset(
    { stream, info }: Member,
    { sequence, deliveredAgain }: RewoundPartition,
  ): Promise<void> {
    const { consumers } = this.#manager;
    const waiting = info.num_pending + deliveredAgain;
    for (let attempts = 0; attempts < resetAttemptsMax; attempts++) {
      const after = await this.#explained(() => consumers.reset(stream, info.name, sequence));
      // Members that are connected may have got something already: then fewer messages wait.
      const isFromBefore = after.delivered.stream_seq >= sequence && after.num_pending >= waiting;
      if (sequence > 1 || !isFromBefore) return;
    }
  }

  async #note({ stream, info }: Member, plan: RewindPlan | undefined): Promise<void> {
    const { consumers } = this.#manager;
    await this.#explained(() => consumers.update(stream, info.name, planned(info.config, plan)));
  }

  #explained<T>(ask: () => Promise<T>): Promise<T> {
    return explained(this.#group.station, this.#group.name, ask);
  }
}
