import type { ConsumerFacts } from "../../../../src/consume/ordered/ordered-world.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** A delivery, as it goes over the wire. */
export interface SimDelivery {
  readonly sequence: number;
  readonly key: string;
  readonly consumerSequence: number;
  readonly attempt: number;
  readonly pinId: string;
  /** How often the consumer was rewound before. */
  readonly generation: number;
}

interface Request {
  id: string;
  left: number;
  readonly hasRoom: boolean;
  readonly untilMs: number;
  readonly to: SimReceiver;
  readonly tag: number;
}

/** Where deliveries go. */
export interface SimReceiver {
  readonly isListening: boolean;
  deliver(delivery: SimDelivery): void;
  /** A request is over: the pin was wrong, or its time. */
  ended(tag: number, isUnpinned: boolean): void;
}

interface Pending {
  readonly firstDelivery: number;
  dueAtMs: number;
}

/** As much of a consumer with pinned clients as members of an ordered group see of it, after nats-server 2.14. */
export class SimConsumer {
  readonly ackWaitMs: number;
  readonly pinTimeoutMs: number;
  readonly pendingMax: number;
  readonly maxDeliveries: number | null;
  readonly keys: string[] = [];
  /** Given up by it. */
  readonly exhausted: Set<number> = new Set<number>();
  generation = 0;
  onDelivered: (delivery: SimDelivery) => void = () => undefined;
  readonly #time: VirtualTime;
  readonly #pending = new Map<number, Pending>();
  readonly #attempts = new Map<number, number>();
  #redelivery: number[] = [];
  #requests: Request[] = [];
  #next = 1;
  #deliveries = 0;
  #pinId = "";
  #pins = 0;
  #cancelPin: () => void = () => undefined;

  constructor(
    time: VirtualTime,
    options: {
      readonly ackWaitMs: number;
      readonly pinTimeoutMs: number;
      readonly pendingMax: number;
      readonly maxDeliveries: number | null;
    },
  ) {
    this.#time = time;
    this.ackWaitMs = options.ackWaitMs;
    this.pinTimeoutMs = options.pinTimeoutMs;
    this.pendingMax = options.pendingMax;
    this.maxDeliveries = options.maxDeliveries;
    const sweep = (): void => {
      this.#sweep();
      time.after(options.ackWaitMs / 10, sweep);
    };
    time.after(options.ackWaitMs / 10, sweep);
  }

  publish(key: string): void {
    this.keys.push(key);
    this.#deliver();
  }

  facts(): ConsumerFacts {
    const first = Math.min(...this.#pending.values().map(({ firstDelivery }) => firstDelivery));
    return {
      pinId: this.#pinId,
      pending: this.#pending.size,
      consumerSequence: this.#deliveries,
      consumerFloor: this.#pending.size === 0 ? this.#deliveries : first - 1,
      requests: this.#requests.filter(({ to }) => to.isListening).length,
      maxDeliveries: this.maxDeliveries,
    };
  }

  request(request: Omit<Request, "untilMs">, timeMs: number): void {
    if (this.#pinId !== "" && request.id === this.#pinId) this.#holdPin();
    else if (this.#pinId !== "" && request.id !== "") {
      request.to.ended(request.tag, true);
      return;
    }
    this.#requests.push({ ...request, untilMs: this.#time.nowMs + timeMs });
    this.#deliver();
  }

  ack(sequence: number): void {
    if (sequence >= this.#next) return;
    this.#pending.delete(sequence);
    this.#redelivery = this.#redelivery.filter((each) => each !== sequence);
    this.#deliver();
  }

  nak(sequence: number): void {
    if (!this.#pending.has(sequence) || this.#redelivery.includes(sequence)) return;
    this.#redelivery.push(sequence);
    this.#deliver();
  }

  working(sequence: number): void {
    const pending = this.#pending.get(sequence);
    if (pending !== undefined) pending.dueAtMs = this.#time.nowMs + this.ackWaitMs;
  }

  unpin(): void {
    this.#pinId = "";
    this.#cancelPin();
    this.#deliver();
  }

  rewind(sequence: number): void {
    this.generation++;
    this.#pending.clear();
    this.#attempts.clear();
    this.#redelivery = [];
    this.#next = sequence;
    this.#deliveries = 0;
    this.#deliver();
  }

  #holdPin(): void {
    this.#cancelPin();
    this.#cancelPin = this.#time.after(this.pinTimeoutMs, () => this.unpin());
  }

  #sweep(): void {
    const { nowMs } = this.#time;
    for (const [sequence, { dueAtMs }] of this.#pending) {
      if (dueAtMs <= nowMs && !this.#redelivery.includes(sequence)) {
        this.#redelivery.push(sequence);
      }
    }
    for (const request of this.#requests) {
      if (request.untilMs <= nowMs) request.to.ended(request.tag, false);
    }
    this.#requests = this.#requests.filter(({ untilMs, to }) => untilMs > nowMs && to.isListening);
    this.#deliver();
  }

  #deliver(): void {
    for (;;) {
      const sequence = this.#peek();
      if (sequence === undefined) return;
      const request = this.#takeRequest();
      if (request === undefined) return;
      this.#send(sequence, request);
    }
  }

  /** The message that comes next, without taking it. */
  #peek(): number | undefined {
    for (let first = this.#redelivery[0]; first !== undefined; first = this.#redelivery[0]) {
      const attempts = this.#attempts.get(first) ?? 1;
      if (this.maxDeliveries === null || attempts < this.maxDeliveries) return first;
      this.#redelivery.shift();
      this.#pending.delete(first);
      this.exhausted.add(first);
    }
    if (this.#pending.size >= this.pendingMax || this.#next > this.keys.length) return undefined;
    return this.#next;
  }

  #takeRequest(): Request | undefined {
    for (const request of [...this.#requests]) {
      const isWrong = request.id !== "" && request.id !== this.#pinId;
      if (!request.to.isListening || isWrong || (!request.hasRoom && request.id !== "")) {
        this.#requests.splice(this.#requests.indexOf(request), 1);
        if (request.to.isListening) request.to.ended(request.tag, isWrong);
        continue;
      }
      if (this.#pinId === "") {
        this.#pinId = `pin${++this.#pins}`;
        request.id = this.#pinId;
        this.#holdPin();
      }
      if (request.id === this.#pinId) return request;
    }
    return undefined;
  }

  #send(sequence: number, request: Request): void {
    if (this.#redelivery[0] === sequence) this.#redelivery.shift();
    else this.#next++;
    const attempt = (this.#attempts.get(sequence) ?? 0) + 1;
    this.#attempts.set(sequence, attempt);
    const consumerSequence = ++this.#deliveries;
    const firstDelivery = this.#pending.get(sequence)?.firstDelivery ?? consumerSequence;
    this.#pending.set(sequence, {
      firstDelivery,
      dueAtMs: this.#time.nowMs + this.ackWaitMs,
    });
    request.left--;
    if (request.left === 0) this.#requests.splice(this.#requests.indexOf(request), 1);
    const key = this.keys[sequence - 1] as string;
    const { generation } = this;
    const pinId = this.#pinId;
    const delivery = { sequence, key, consumerSequence, attempt, pinId, generation };
    this.onDelivered(delivery);
    request.to.deliver(delivery);
  }
}
