/** Messages between two acknowledgements of all fast batches of a stream together, at most. */
const FLOW_SHARED = 500;

/** A fast batch that is not ended (ADR-50): how far it has come, and how often its publisher is told. */
export class FastBatch {
  readonly id: string;
  readonly idBytes: Buffer;
  readonly isGapOk: boolean;
  /** Messages between two acknowledgements that the publisher allows. */
  readonly #flowMax: number;
  /** Messages between two acknowledgements. */
  flow: number;
  /** The highest sequence of the batch that has come. */
  lastSequence = 0;
  /** The highest one up to which everything that is to be stored is in the stream. */
  storedSequence = 0;
  /** The one that was acknowledged last. */
  acknowledgedSequence = 0;
  /** Sequence in the stream of the last message stored. */
  streamSequence = 0;
  /** What has to be durable in the stream before the batch is acknowledged as far as it is. */
  durableSequence = 0;
  activeAtMs = 0;

  /** @param isAlone - Whether the stream has no other fast batch; if it has, this one begins slowly. */
  constructor(id: string, isGapOk: boolean, flowMax: number, isAlone: boolean) {
    this.id = id;
    this.idBytes = Buffer.from(id);
    this.isGapOk = isGapOk;
    this.#flowMax = flowMax;
    this.flow = isAlone ? Math.min(FLOW_SHARED, flowMax) : 1;
  }

  /** Notes that all messages until now are stored, or need not be; the last one at `sequence` of the stream. */
  stored(sequence: number): void {
    this.streamSequence = sequence;
    this.durableSequence = Math.max(this.durableSequence, sequence);
    this.storedSequence = this.lastSequence;
  }

  /**
   * Whether the publisher is to be told how far the batch is. If so the flow has changed to what `batchCount` fast batches
   * of the stream leave to each.
   */
  isAcknowledgementDue(batchCount: number): boolean {
    const behind = this.storedSequence - this.acknowledgedSequence;
    if (behind < this.flow) return false;
    this.acknowledgedSequence += behind - (behind % this.flow);
    const share = Math.max(1, Math.floor(FLOW_SHARED / batchCount));
    const flowMax = Math.min(share, this.#flowMax);
    if (this.flow < flowMax) this.flow = Math.min(this.flow * 2, flowMax);
    else if (this.flow > flowMax) this.flow = Math.max(Math.floor(this.flow / 2), flowMax);
    return true;
  }

  /** How far the batch is, as its publisher is told. */
  acknowledgement(): string {
    return `{"type":"ack","seq":${this.acknowledgedSequence},"msgs":${this.flow}}`;
  }
}
