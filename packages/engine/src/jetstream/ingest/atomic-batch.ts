import { copyBytes } from "@oxbow/wire/nats";
import { MessageView } from "../../routing/message.ts";
import { type Arrival, takeArrival } from "./arrival.ts";

/** Bytes that are allocated for the first messages of a batch. */
const SIZE_MIN = 16 * 1024;
/** Memory of batches that is kept for further ones: so much of one batch at most, of so many batches. */
const KEPT_SIZE_MAX = 1024 * 1024;
const KEPT_COUNT_MAX = 8;

/** The memory of a batch. */
interface Staging {
  bytes: Buffer;
  /** Where the subject of each message ends, its header block, and its payload. */
  ends: Uint32Array;
}

const spare: Staging[] = [];

/** Headers that make a message part of a batch, and ask nothing else of the stream. */
const OWN_HEADERS = ["batchId", "batchSequence", "batchCommit", "requiredApiLevel"] as const;

/**
 * An atomic batch that is not committed: copies of its messages, one behind the other, each with its subject, headers and
 * payload. Nothing is allocated for a single message.
 */
export class AtomicBatch {
  readonly id: string;
  readonly idBytes: Buffer;
  readonly #staging: Staging;
  #size = 0;
  #count = 0;
  readonly #view = new MessageView();
  #hasRequests = false;
  /** Messages of the batch until now, which is the `Nats-Batch-Sequence` of the last one. */
  lastSequence = 0;
  /** When the last one came. */
  activeAtMs = 0;

  constructor(id: string) {
    this.id = id;
    this.idBytes = Buffer.from(id);
    this.#staging = spare.pop() ?? {
      bytes: Buffer.allocUnsafeSlow(SIZE_MIN),
      ends: new Uint32Array(3 * 64),
    };
  }

  /** Gives its memory to further batches; nothing is to be asked of it any more. */
  release(): void {
    const isKept = spare.length < KEPT_COUNT_MAX && this.#staging.bytes.length <= KEPT_SIZE_MAX;
    if (isKept) spare.push(this.#staging);
  }

  /** Messages staged. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the messages staged. */
  get size(): number {
    return this.#size;
  }

  /** Whether any message asks something of the stream beside being part of the batch. */
  get hasRequests(): boolean {
    return this.#hasRequests;
  }

  /** Copies a message to the end of the batch. */
  stage(arrival: Arrival): void {
    const { subjectBuffer, subjectStart, subjectEnd } = arrival;
    const { payloadBuffer, payloadStart, payloadEnd, headersSize } = arrival;
    this.#makeRoom(subjectEnd - subjectStart + payloadEnd - payloadStart);
    const { bytes, ends } = this.#staging;
    const at = this.#count * 3;
    const bodyStart = copyBytes(subjectBuffer, subjectStart, subjectEnd, bytes, this.#size);
    ends[at] = bodyStart;
    ends[at + 1] = bodyStart + headersSize;
    this.#size = copyBytes(payloadBuffer, payloadStart, payloadEnd, bytes, bodyStart);
    ends[at + 2] = this.#size;
    this.#hasRequests ||= asksMore(arrival);
    this.#count++;
  }

  /** Points `view` at message `index`, from 0; it has no reply subject. */
  view(index: number, view: MessageView): void {
    const { bytes, ends } = this.#staging;
    const at = index * 3;
    const start = index === 0 ? 0 : (ends[at - 1] as number);
    const bodyStart = ends[at] as number;
    view.setSubject(bytes, start, bodyStart);
    const headersSize = (ends[at + 1] as number) - bodyStart;
    view.setPayload(bytes, bodyStart, ends[at + 2] as number, headersSize);
    view.clearReply();
  }

  /** Message `index` as one that arrives; give it back. */
  arrival(index: number): Arrival {
    this.view(index, this.#view);
    return takeArrival(this.#view);
  }

  #makeRoom(size: number): void {
    const staging = this.#staging;
    const needed = this.#size + size;
    if (needed > staging.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, staging.bytes.length * 2));
      staging.bytes.copy(grown, 0, 0, this.#size);
      staging.bytes = grown;
    }
    if (this.#count * 3 === staging.ends.length) {
      const grown = new Uint32Array(staging.ends.length * 2);
      grown.set(staging.ends);
      staging.ends = grown;
    }
  }
}

function asksMore({ headers }: Arrival): boolean {
  let own = 0;
  for (const name of OWN_HEADERS) if (headers.has(name)) own++;
  return headers.count > own;
}
