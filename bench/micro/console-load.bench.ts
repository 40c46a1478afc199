import { jetstreamManager, StorageType } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import type { Page } from "playwright-core";
import { ConsoleScene } from "../../test/e2e/console/support/console-scene.ts";

/**
 * Goal: the overview is interactive within 1.5 s of asking for its address, with nothing in the browser's cache, and the list
 * of 10,000 stations shows its first rows as soon and keeps 60 frames a second while it is scrolled. Method: a server,
 * Chromium, somebody who is logged in already, and a browser context of its own for each round. What is interactive is what
 * shows its numbers, once the last task of more than 50 ms on the main thread is over. Chromium without a screen draws on the
 * processor: look at the load average of the machine.
 */
const rounds = Number(process.argv[2] ?? 7);
const stationCount = Number(process.argv[3] ?? 10_000);
const scrollSeconds = Number(process.argv[4] ?? 4);
const creating = 32;

interface Scrolled {
  readonly gaps: readonly number[];
  readonly empty: number;
}

interface Moments {
  readonly painted: number;
  readonly shown: number;
  readonly interactive: number;
}

const watched = `
  globalThis.longTaskEnds = 0;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) longTaskEnds = startTime + duration;
  }).observe({ type: "longtask", buffered: true });
`;

/** When something is there, and when nothing has kept the main thread for 500 ms from then on. */
function momentsOf(condition: string): string {
  return `new Promise((resolve) => {
    let shown;
    const look = (now) => {
      if (shown === undefined && (${condition})) shown = now;
      if (shown !== undefined && now - Math.max(shown, longTaskEnds) > 500) {
        const paint = performance.getEntriesByName("first-contentful-paint")[0];
        resolve({ painted: paint?.startTime ?? 0, shown, interactive: Math.max(shown, longTaskEnds) });
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })`;
}

const numbersAreShown = `[...document.querySelectorAll("h2")].some((each) => each.textContent === "What needs attention")`;
const chartsAreDrawn = `document.querySelectorAll("canvas").length >= 4`;
const rowsAreShown = `document.querySelectorAll('[role="row"] a').length > 5`;

/** Scrolls by so many pixels each frame, and tells the gaps between frames, and how many of them showed rows without names. */
function scrolledBy(pixels: number): string {
  return `new Promise((resolve) => {
  const gaps = [];
  let empty = 0;
  let last = performance.now();
  const end = last + ${scrollSeconds * 1_000};
  const step = (now) => {
    gaps.push(now - last);
    last = now;
    if (document.querySelector('[role="row"] .mantine-Skeleton-root') !== null) empty++;
    if (now >= end) return resolve({ gaps: gaps.slice(1), empty });
    scrollBy(0, ${pixels});
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;
}

function middle(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(0);
  return `${at(0.5)} ms (${at(0)} to ${at(1 - 1e-9)})`;
}

function told(name: string, all: readonly Moments[]): string {
  const part = (field: keyof Moments): string => middle(all.map((each) => each[field]));
  return `${name}: first paint ${part("painted")}, shown ${part("shown")}, interactive ${part("interactive")}`;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

await using scene = await ConsoleScene.open();
await scene.api("PUT", "/stations/orders");
await scene.api("PUT", "/stations/orders/groups/billing");
await scene.api("POST", "/stations/orders/messages", { id: 1 });
const storageState = await (await scene.enter()).context().storageState();

async function measured(path: string, condition: string): Promise<Moments[]> {
  const all: Moments[] = [];
  for (let round = 0; round < rounds; round++) {
    const page = await opened(path);
    all.push((await page.evaluate(momentsOf(condition))) as Moments);
    await page.context().close();
  }
  return all;
}

async function opened(path: string): Promise<Page> {
  const page = await scene.visit({ storageState });
  await page.addInitScript(watched);
  await page.goto(`${scene.ready.httpUrl}${path}`, { waitUntil: "commit" });
  return page;
}

tell(told("overview, its numbers", await measured("/", numbersAreShown)));
tell(told("overview, its charts", await measured("/", chartsAreDrawn)));
// Streams of a plain client, which are made fastest, are stations, too.
const connection = await connect({ servers: scene.ready.url });
const manager = await jetstreamManager(connection);
let next = 0;
await Promise.all(
  Array.from({ length: creating }, async () => {
    while (next < stationCount) {
      const name = `station-${String(next++).padStart(5, "0")}`;
      await manager.streams.add({ name, subjects: [name], storage: StorageType.Memory });
    }
  }),
);
await connection.close();
tell(told(`${stationCount} stations, first rows`, await measured("/stations", rowsAreShown)));
tell(told(`overview of ${stationCount} stations`, await measured("/", numbersAreShown)));
const page = await opened("/stations");
await page.evaluate(momentsOf(rowsAreShown));
for (const [name, pixels] of [
  ["standing still", 0],
  ["scrolling, 40 pixels a frame", 40],
  ["scrolling, 120 pixels a frame", 120],
] as const) {
  const { gaps, empty } = (await page.evaluate(scrolledBy(pixels))) as Scrolled;
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  const sum = gaps.reduce((all, gap) => all + gap, 0);
  const rate = ((gaps.length / sum) * 1_000).toFixed(1);
  tell(
    `${name}: ${rate} frames/s, gaps p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ${empty} of ${gaps.length} frames with rows that had not come yet`,
  );
}
// A server that was busy making stations may have said so.
tell(`what the pages complained of: ${scene.troubles.splice(0).join("; ") || "nothing"}`);
