import assert from "node:assert/strict";
import { test } from "node:test";
import { OrderOracle } from "./support/order-oracle.ts";
import { SimConsumer } from "./support/sim-consumer.ts";
import { type SimApplication, SimMember } from "./support/sim-member.ts";
import { Chance, VirtualTime } from "./support/virtual-time.ts";

interface Plan {
  readonly seed: number;
  readonly deaths?: boolean;
  readonly freezes?: boolean;
  readonly rewinds?: boolean;
  readonly maxDeliveries?: number;
  /** Of so many messages one always fails. */
  readonly poisonOneIn?: number;
}

const membersMost = 4;
const messagesCount = 120;
const endMs = 300_000;

/** Lets members come, go, die and freeze while messages are published, and fail; then sees to it that all are handled. */
async function play({
  seed,
  deaths,
  freezes,
  rewinds,
  maxDeliveries,
  poisonOneIn,
}: Plan): Promise<OrderOracle> {
  const chance = new Chance(seed);
  const time = new VirtualTime();
  const consumer = new SimConsumer(time, {
    ackWaitMs: 1_000,
    pinTimeoutMs: 600,
    pendingMax: [1, 4, 20][chance.below(3)] as number,
    maxDeliveries: maxDeliveries ?? null,
  });
  const oracle = new OrderOracle(time, consumer);
  let isCalm = false;
  const application: SimApplication = {
    started: (member, item) => oracle.start(member, item),
    outcome: ({ sequence }) => {
      const isPoison = poisonOneIn !== undefined && sequence % poisonOneIn === 0;
      const isFailing = isPoison || (!isCalm && chance.isOneIn(5));
      const retryMs = isFailing ? [0, 0, 50, 1_500][chance.below(4)] : undefined;
      return { timeMs: chance.isOneIn(10) ? chance.below(3_000) : chance.below(30), retryMs };
    },
    ended: (_member, item, isDone) =>
      oracle.end(item, isDone || (!isDone && item.attempt === maxDeliveries)),
  };
  let members: SimMember[] = [];
  let count = 0;
  const join = (): void => {
    members.push(new SimMember(`m${++count}`, time, chance, consumer, application));
  };
  const leave = (end: (member: SimMember) => void): void => {
    const member = members[chance.below(members.length)];
    if (member === undefined || oracle.isBehind(member)) return;
    members = members.filter((each) => each !== member);
    end(member);
  };
  join();
  let published = 0;
  const step = (): void => {
    const what = chance.below(20);
    if (published < messagesCount && what < 12) {
      published++;
      consumer.publish(`k${chance.below(4)}`);
    } else if (what < 14 && members.length < membersMost) join();
    else if (what === 14) leave((member) => member.stop());
    else if (what === 15 && deaths === true) leave((member) => member.die());
    else if (what === 16 && freezes === true) {
      members[chance.below(members.length)]?.freeze(chance.below(4_000));
    } else if (what === 17 && rewinds === true && published > 0 && oracle.isWithOne) {
      const sequence = 1 + chance.below(published);
      oracle.rewound(sequence);
      consumer.rewind(sequence);
    }
    if (published < messagesCount) time.after(chance.below(60), step);
    else {
      isCalm = true;
      join();
    }
  };
  step();
  const isDone = (): boolean =>
    published === messagesCount && oracle.finishedCount === messagesCount;
  const isHandled = await time.runUntil(isDone, endMs);
  assert.deepEqual(oracle.problems.slice(0, 3), [], `seed ${seed}`);
  assert.ok(isHandled, `seed ${seed}: ${oracle.finishedCount} of ${messagesCount} were handled`);
  return oracle;
}

const from = Number(process.env["OXBOW_SEED"] ?? 1) * 1_000;
const schedules = Number(process.env["OXBOW_SCHEDULES"] ?? 12);

async function playMany(plan: Omit<Plan, "seed">): Promise<void> {
  let most = 0;
  for (let seed = from; seed < from + schedules; seed++) {
    most = Math.max(most, (await play({ ...plan, seed })).most);
  }
  assert.ok(most > 1, "keys are handled side by side");
}

test("members come and go, and messages fail", () => playMany({}));
test("members die", () => playMany({ deaths: true }));
test("members freeze and come back", () => playMany({ freezes: true }));
test("the group is rewound", () => playMany({ rewinds: true }));
test("all of it", () => playMany({ deaths: true, freezes: true, rewinds: true }));
test("what always fails is given up, and its key goes on", () =>
  playMany({ maxDeliveries: 8, poisonOneIn: 9 }));
