import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { LogStore, type LogStoreOptions } from "@oxbow/log";
import { type SimDisk, SimWorld } from "@oxbow/testkit";
import { append } from "./support/messages.ts";
import {
  allowedImages,
  type Image,
  imageOf,
  newProgress,
  type Progress,
  runScript,
  SCRIPT_OPTIONS,
} from "./support/script.ts";
import { ENCRYPTION } from "./support/settings.ts";

const SEED = "crash";
/** Outcomes that are tried for each moment. */
const OUTCOMES = 2;
/** Moments of one run that are held in memory together. */
const CHUNK = 250;

interface Crashed {
  readonly label: string;
  readonly disk: SimDisk;
  readonly progress: Progress;
}

const encrypted: LogStoreOptions = { ...SCRIPT_OPTIONS, encryption: ENCRYPTION };

for (const options of [SCRIPT_OPTIONS, encrypted]) {
  const what = options.encryption === undefined ? "" : " of an encrypted store";
  describe(`a power loss${what}`, () => powerLoss(options));
}

function powerLoss(options: LogStoreOptions): void {
  let images: readonly Image[] = [];
  let eventCount = 0;

  before(async () => {
    const world = new SimWorld(SEED);
    const progress = newProgress();
    await world.play(() => runScript(world.host(), progress, [], options));
    images = progress.images;
    // Reading the images takes events of its own, so the run that is cut short is measured without.
    const plain = new SimWorld(SEED);
    await plain.play(() => runScript(plain.host(), newProgress(), images, options));
    eventCount = plain.eventCount;
  });

  test("at any moment leaves what was acknowledged, and at most the commit under way", async () => {
    for (let from = 0; from < eventCount; from += CHUNK) {
      const { world, crashed } = await crashAt(from, from + CHUNK, images, options);
      for (const { label, disk, progress } of crashed) {
        await checkOutcome(world, disk, allowedImages(progress, images), label, options);
      }
    }
  });

  test("during a recovery loses nothing that was recovered before", async () => {
    const middle = Math.floor(eventCount * 0.7);
    const { world, crashed } = await crashAt(middle, middle + 3, images, options);
    for (const { label, disk, progress } of crashed) {
      const allowed = allowedImages(progress, images);
      for (let events = 1; ; events += 7) {
        const host = world.host({ disk: disk.crash(`copy ${events}`) });
        let image: Image | undefined;
        const opening = LogStore.open(options, host).then(async (store) => {
          image = await imageOf(store);
        });
        opening.catch(() => {});
        await world.run({ events, until: () => image !== undefined });
        const next = host.crash(`second crash ${events}`);
        await checkOutcome(world, next, image === undefined ? allowed : [image], label, options);
        if (image !== undefined) break;
      }
    }
  });
}

/** Runs the script and takes what a power loss after each of the events in `[from, end)` leaves. */
async function crashAt(
  from: number,
  end: number,
  images: readonly Image[],
  options: LogStoreOptions,
): Promise<{ world: SimWorld; crashed: Crashed[] }> {
  const world = new SimWorld(SEED);
  const host = world.host();
  const progress = newProgress();
  const crashed: Crashed[] = [];
  runScript(host, progress, images, options).catch(() => {});
  await world.run({ events: from });
  for (let event = from; event < end; event++) {
    for (let outcome = 0; outcome < OUTCOMES; outcome++) {
      const label = `event ${event}, outcome ${outcome}`;
      crashed.push({ label, disk: host.disk.crash(label), progress: { ...progress } });
    }
    if ((await world.run({ events: 1 })) === "idle") break;
  }
  host.crash();
  return { world, crashed };
}

/** Opens what a crash left: it is one of the images, no damage is found, and it goes on from there. */
async function checkOutcome(
  world: SimWorld,
  disk: SimDisk,
  allowed: readonly Image[],
  label: string,
  options: LogStoreOptions,
): Promise<void> {
  const host = world.host({ disk });
  await world.play(async () => {
    const store = await LogStore.open(options, host);
    assert.deepEqual(store.damage, [], label);
    const image = await imageOf(store);
    assert.ok(
      allowed.includes(image),
      `${label}: found\n${image}\ninstead of\n${allowed.join("\nor\n")}`,
    );
    for (const log of store.logs) append(log, { subject: "after", payload: "the crash" });
    await store.durable();
  });
  host.crash();
}
