import type { SimConsumer } from "./sim-consumer.ts";
import type { SimItem, SimMember } from "./sim-member.ts";
import type { VirtualTime } from "./virtual-time.ts";

interface Run {
  readonly member: SimMember;
  readonly item: SimItem;
}

/** What is said takes no longer to the server. */
const onWayMs = 10;

/**
 * Knows what a group that is ordered by key promises: of a key one message is handled at a time, and each only when all
 * before it are done or given up. Not held to it is who was not heard of for longer than the max ack time, as long as it is
 * busy with what it had before; and what was delivered before a rewind.
 */
export class OrderOracle {
  readonly problems: string[] = [];
  started = 0;
  /** The most that were handled at a time. */
  most = 0;
  readonly #time: VirtualTime;
  readonly #consumer: SimConsumer;
  readonly #active = new Set<Run>();
  /** Done, or given up, since the last rewind. */
  readonly #finished = new Map<number, number>();

  constructor(time: VirtualTime, consumer: SimConsumer) {
    this.#time = time;
    this.#consumer = consumer;
  }

  get finishedCount(): number {
    return (
      this.#finished.size +
      [...this.#consumer.exhausted].filter((each) => !this.#finished.has(each)).length
    );
  }

  start(member: SimMember, item: SimItem): void {
    this.started++;
    for (const run of this.#active) {
      if (run.item.key !== item.key || this.#isExcused(run)) continue;
      const isAcrossRewind = run.item.generation !== item.generation && run.member !== member;
      if (!isAcrossRewind) this.#problem(`${at(run.member, run.item)} is not done`, member, item);
    }
    this.#active.add({ member, item });
    this.most = Math.max(this.most, this.#active.size);
    if (item.generation !== this.#consumer.generation) return;
    for (let sequence = 1; sequence < item.sequence; sequence++) {
      if (this.#consumer.keys[sequence - 1] !== item.key) continue;
      if (this.#finished.has(sequence) || this.#consumer.exhausted.has(sequence)) continue;
      this.#problem(`${sequence} was not done before it`, member, item);
    }
  }

  /** Whether all that is handled is with one member that is awake. */
  get isWithOne(): boolean {
    const members = new Set(this.#active.values().map(({ member }) => member));
    return [...members].every(
      ({ isListening, frozenAtMs }) =>
        members.size === 1 && isListening && frozenAtMs === undefined,
    );
  }

  /** Whether a member is busy with something that was delivered before the last rewind. */
  isBehind(member: SimMember): boolean {
    const { generation } = this.#consumer;
    return this.#active
      .values()
      .some((run) => run.member === member && run.item.generation < generation);
  }

  end(item: SimItem, isFinished: boolean): void {
    for (const run of this.#active) if (run.item === item) this.#active.delete(run);
    if (isFinished) this.#finished.set(item.sequence, this.#time.nowMs);
  }

  rewound(sequence: number): void {
    const { nowMs } = this.#time;
    for (const [each, atMs] of this.#finished) {
      // An acknowledgement that is on its way counts for what is delivered again.
      if (each >= sequence && nowMs - atMs > onWayMs) this.#finished.delete(each);
    }
    // Passed over, if not done.
    for (let each = 1; each < sequence; each++) this.#finished.set(each, nowMs);
    for (const each of this.#consumer.exhausted) {
      if (each >= sequence) this.#consumer.exhausted.delete(each);
    }
  }

  /** Whether it is no wonder that another member has the message by now. */
  #isExcused({ member, item }: Run): boolean {
    const { frozenAtMs, excused } = member;
    if (excused.has(item)) return true;
    return (
      frozenAtMs !== undefined && this.#time.nowMs - frozenAtMs >= this.#consumer.ackWaitMs / 2
    );
  }

  #problem(what: string, member: SimMember, item: SimItem): void {
    this.problems.push(`${this.#time.nowMs} ms: ${at(member, item)}: ${what}`);
  }
}

function at({ name }: SimMember, { sequence, key, attempt, generation }: SimItem): string {
  return `${name} ${key}/${sequence} (attempt ${attempt}, generation ${generation})`;
}
