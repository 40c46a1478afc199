// What it costs to write segments through the page cache and around it (ADR 6), as a table:
// `node bench/micro/segment-writes.bench.ts [MiB per case, default 400] [rounds, default 3] [directory, default bench/.data]`.
// A segment is a file of 16 MiB, written in pieces of one size and then synced, as a checkpoint does. "Over" writes one
// file again and again, as the journal does. Cases take turns; each number is the median of the rounds, with its range.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Disk, DiskFile } from "@oxbow/base";
import { nodeHost } from "@oxbow/node-host";
import { describeMachine } from "../machine.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const SEGMENT_SIZE = 16 * MIB;
const PIECE_SIZES = [64 * KIB, 128 * KIB, 256 * KIB, MIB] as const;

interface Way {
  readonly name: string;
  readonly write: "write" | "writeAround";
  readonly isOver: boolean;
}

interface Cost {
  readonly ms: number;
  readonly kernelMs: number;
  readonly userMs: number;
}

const ways: readonly Way[] = [
  { name: "new, through the page cache", write: "write", isOver: false },
  { name: "new, around it", write: "writeAround", isOver: false },
  { name: "over, through the page cache", write: "write", isOver: true },
];

const [mebibytes = 400, roundCount = 3] = process.argv.slice(2).map(Number);
const ownDirectory = fileURLToPath(new URL("../.data", import.meta.url));
const parent = resolve(process.argv[4] ?? ownDirectory);

const written = (
  file: DiskFile,
  way: Way["write"],
  piece: Buffer,
  position: number,
): Promise<void> =>
  new Promise((done, fail) => {
    file[way]("BENCH:WRITE", [piece], position, (error) => (error ? fail(error) : done()));
  });

const synced = (file: DiskFile): Promise<void> =>
  new Promise((done, fail) => {
    file.sync("BENCH:SYNC", (error) => (error ? fail(error) : done()));
  });

async function writeSegment(file: DiskFile, way: Way, piece: Buffer): Promise<void> {
  for (let at = 0; at < SEGMENT_SIZE; at += piece.length) {
    await written(file, way.write, piece, at);
  }
  await synced(file);
}

/** Writes all segments of a case. Opening files counts, removing them does not. */
async function measure(disk: Disk, directory: string, way: Way, piece: Buffer): Promise<Cost> {
  const files: DiskFile[] = [];
  const next = async (): Promise<DiskFile> => {
    const file = await disk.open("BENCH:OPEN", join(directory, `${files.length}`), "create");
    files.push(file);
    return file;
  };
  await disk.makeDirectory("BENCH:OPEN", directory);
  const kept = way.isOver ? await next() : undefined;
  if (kept !== undefined) await writeSegment(kept, way, piece);
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (let size = 0; size < mebibytes * MIB; size += SEGMENT_SIZE) {
    await writeSegment(kept ?? (await next()), way, piece);
  }
  const { user, system } = process.cpuUsage(before);
  const ms = performance.now() - startedAt;
  for (const file of files) await file.close();
  await disk.removeDirectory("BENCH:OPEN", directory);
  return { ms, kernelMs: system / 1000, userMs: user / 1000 };
}

function cell(costs: readonly Cost[], part: keyof Cost): string {
  const sorted = costs.map((cost) => Math.round(cost[part])).sort((a, b) => a - b);
  return `${sorted[sorted.length >> 1]} [${sorted[0]}–${sorted.at(-1)}]`;
}

await mkdir(parent, { recursive: true });
const directory = await mkdtemp(join(parent, "segment-writes-"));
try {
  const { disk } = nodeHost();
  const cases = PIECE_SIZES.flatMap((size) =>
    ways.map((way) => ({ size, way, piece: Buffer.alloc(size, "segment"), costs: [] as Cost[] })),
  );
  // The first round fills pools and compiles, and does not count.
  for (let round = 0; round <= roundCount; round++) {
    for (const { way, piece, costs } of round % 2 === 0 ? cases : cases.toReversed()) {
      const cost = await measure(disk, join(directory, "segments"), way, piece);
      if (round > 0) costs.push(cost);
    }
  }
  const { cpuModel, cpuCount, kernel, fileSystem, node } = describeMachine(parent);
  console.log(
    `${mebibytes} MiB, ${cpuCount} × ${cpuModel}, ${kernel}, ${fileSystem}, Node ${node}\n`,
  );
  console.log("| a piece | file | ms | ms of CPU in the kernel | in the process |");
  console.log("|---:|---|---:|---:|---:|");
  for (const { size, way, costs } of cases) {
    const [ms, kernelMs, userMs] = (["ms", "kernelMs", "userMs"] as const).map((part) =>
      cell(costs, part),
    );
    console.log(`| ${size / KIB} KiB | ${way.name} | ${ms} | ${kernelMs} | ${userMs} |`);
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
