import { connect } from "@nats-io/transport-node";
import { ConsoleScene } from "../../test/e2e/console/support/console-scene.ts";

/**
 * Goal: the live tail of the console keeps 60 frames a second while its station takes 50,000 messages a second. Method:
 * a server, Chromium on the tail, and a publisher in this process; the gaps between frames are those that
 * `requestAnimationFrame` sees in the page. Chromium without a screen draws on the processor, so that what is measured is the
 * page with everything else on the machine: look at the load average that is told, and at the frames of the same page while
 * nothing comes.
 */
const seconds = Number(process.argv[2] ?? 10);
const perSecond = Number(process.argv[3] ?? 50_000);
/** How often the publisher sends its share. */
const stepMs = 10;

const measured = `new Promise((resolve) => {
  const gaps = [];
  let last = performance.now();
  const end = last + ${seconds * 1_000};
  const tick = (now) => {
    gaps.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(tick);
    else resolve(gaps.slice(1));
  };
  requestAnimationFrame(tick);
})`;

function told(name: string, gaps: readonly number[]): string {
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  const sum = gaps.reduce((all, gap) => all + gap, 0);
  const late = gaps.filter((gap) => gap > 25).length;
  return `${name}: ${((gaps.length / sum) * 1_000).toFixed(1)} frames/s; gaps p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1 - 1e-9)} ms; ${late} of ${gaps.length} over 25 ms`;
}

await using scene = await ConsoleScene.open();
await scene.api("PUT", "/stations/busy", { maxMessages: 200_000 });
const page = await scene.enter();
await scene.look(page, "/stations/busy?order=live", /Waiting for messages/);
const idle = (await page.evaluate(measured)) as number[];

const connection = await connect({ servers: scene.ready.url });
const payload = JSON.stringify({ id: 1, city: "London", amount: 12.5, note: "x".repeat(60) });
let sent = 0;
const beganMs = performance.now();
const timer = setInterval(() => {
  const due = ((performance.now() - beganMs) / 1_000) * perSecond;
  for (; sent < due; sent++) connection.publish(`busy.eu.${sent % 100}`, payload);
}, stepMs);
const busy = (await page.evaluate(measured)) as number[];
const status = await page.getByRole("status").first().textContent();
await scene.picture(page, "live-busy");
clearInterval(timer);
const rate = (sent / (performance.now() - beganMs)) * 1_000;
await connection.close();
process.stdout.write(
  `${[
    told("while nothing comes", idle),
    told(`while ${Math.round(rate)} messages come in a second`, busy),
    `the page says: ${status}`,
  ].join("\n")}\n`,
);
