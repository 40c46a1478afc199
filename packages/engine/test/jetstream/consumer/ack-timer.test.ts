import assert from "node:assert/strict";
import { test } from "node:test";
import { type SimHost, SimWorld } from "@oxbow/testkit";
import { storedConsumerConfig } from "../../../src/jetstream/config/consumer-config.ts";
import { AckTimer } from "../../../src/jetstream/consumer/ack-timer.ts";
import { ConsumerProgress } from "../../../src/jetstream/consumer/consumer-progress.ts";

const MS = 1_000_000;

/** An ack timer over a progress, which delivers at once what is due. */
class Watched {
  readonly progress = new ConsumerProgress(1, true);
  readonly timer: AckTimer;
  readonly world = new SimWorld("ack timer");
  /** `<sequence>@<ms>` for redeliveries, `<sequence>!<ms>` for those given up. */
  readonly events: string[] = [];
  readonly #host: SimHost = this.world.host();

  constructor(config: object) {
    this.timer = new AckTimer(this.#host.clock, this.progress, configOf(config), {
      onRedeliver: () => this.#redeliver(),
      onExhausted: (sequence, deliveries) => {
        this.events.push(`${sequence}!${Math.round(this.world.nowMs)}`);
        this.timer.forget(sequence);
        this.progress.exhaust(sequence, deliveries);
      },
    });
  }

  deliver(sequence: number): void {
    const deliveries = this.progress.deliveriesOf(sequence) + 1;
    this.progress.deliver(sequence, deliveries, this.#host.clock.nowMs());
    this.timer.forget(sequence);
    this.timer.delivered(deliveries);
  }

  update(config: object): void {
    this.timer.update(configOf(config));
    this.timer.arm();
  }

  run(untilMs: number): Promise<unknown> {
    return this.world.run({ untilMs });
  }

  #redeliver(): void {
    for (let next = this.timer.nextRedelivery; next > 0; next = this.timer.nextRedelivery) {
      this.events.push(`${next}@${Math.round(this.world.nowMs)}`);
      this.deliver(next);
    }
  }
}

function configOf(config: object): Parameters<AckTimer["update"]>[0] {
  const decoded = storedConsumerConfig.decode(
    Buffer.from(JSON.stringify({ max_deliver: -1, ...config })),
  );
  assert.ok(decoded.ok);
  return decoded.value;
}

test("what is not acknowledged within the ack wait is delivered again", async () => {
  const watched = new Watched({ ack_wait: 100 * MS });
  watched.deliver(1);
  await watched.run(50);
  watched.deliver(2);
  watched.progress.ack(1, 0);
  await watched.run(400);
  assert.deepEqual(watched.events, ["2@150", "2@250", "2@350"]);
});

test("progress begins the wait anew", async () => {
  const watched = new Watched({ ack_wait: 100 * MS });
  watched.deliver(1);
  await watched.run(80);
  watched.timer.restart(1);
  await watched.run(200);
  assert.deepEqual(watched.events, ["1@180"]);
});

test("backoff says how long each delivery may take, also beside others that may take longer", async () => {
  const watched = new Watched({ backoff: [10 * MS, 1_000 * MS] });
  watched.deliver(1);
  await watched.run(10);
  assert.deepEqual(watched.events, ["1@10"]);
  watched.deliver(2);
  await watched.run(500);
  assert.deepEqual(watched.events, ["1@10", "2@20"]);
  await watched.run(1_100);
  assert.deepEqual(watched.events, ["1@10", "2@20", "1@1010", "2@1020"]);
});

test("a nak with a delay holds nobody else up", async () => {
  const watched = new Watched({ ack_wait: 100 * MS });
  watched.deliver(1);
  watched.timer.nak(1, 5_000);
  await watched.run(200);
  watched.deliver(2);
  await watched.run(310);
  assert.deepEqual(watched.events, ["2@300"]);
  watched.progress.ack(2, 0);
  await watched.run(5_050);
  assert.deepEqual(watched.events, ["2@300", "1@5000"]);
});

test("a nak delivers again at once", () => {
  const watched = new Watched({ ack_wait: 100 * MS });
  watched.deliver(1);
  watched.timer.nak(1, undefined);
  assert.deepEqual(watched.events, ["1@0"]);
});

test("a message is given up after its last delivery has had its wait", async () => {
  const watched = new Watched({ ack_wait: 100 * MS, max_deliver: 2 });
  watched.deliver(1);
  await watched.run(50);
  watched.deliver(2);
  await watched.run(1_000);
  assert.deepEqual(watched.events, ["1@100", "2@150", "1!200", "2!250"]);
  assert.equal(watched.progress.pending.size, 0);
});

test("a shorter wait counts for what is pending already", async () => {
  const watched = new Watched({ ack_wait: 10_000 * MS });
  watched.deliver(1);
  watched.update({ ack_wait: 100 * MS });
  await watched.run(150);
  assert.deepEqual(watched.events, ["1@100"]);
});

test("nothing more happens after the end", async () => {
  const watched = new Watched({ ack_wait: 100 * MS });
  watched.deliver(1);
  watched.timer.close();
  assert.equal(await watched.run(1_000), "idle");
});
