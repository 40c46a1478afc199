import type { Host } from "@oxbow/base";
import { allocateBlock, type Block } from "./block.ts";
import { ByteReader } from "./byte-writer.ts";
import { call, FileStorage, type FileStorageContext, logDirectory } from "./file-storage.ts";
import {
  decodeFrameHead,
  FRAME_ALIGNMENT,
  FRAME_SNAPSHOT,
  forEachRecord,
  isFrameWhole,
  isJournalHeader,
  numberOfFileName,
} from "./journal-format.ts";
import { Log } from "./log.ts";
import type { OpenLog } from "./log-store.ts";
import {
  KIND_LOG,
  KIND_LOG_DELETED,
  KIND_MESSAGE,
  KIND_REMOVED,
  KIND_STATE,
  KIND_STATE_DELETED,
  KIND_STATE_DELTA,
  KIND_TRIMMED,
  RECORD_HEAD_SIZE,
  RecordView,
} from "./record.ts";
import { restoreSegments } from "./segment-recovery.ts";
import { decodeSequences } from "./tombstones.ts";

/** Something recovery could not read. Its file is left as it is. */
export interface Damage {
  readonly file: string;
  readonly reason: string;
}

/** A state as the journal has it. */
export interface RecoveredStateRecord {
  readonly id: number;
  readonly key: string;
  readonly snapshot: Buffer;
  readonly deltas: Buffer[];
}

/** What a data directory holds. */
export interface Recovered {
  readonly logs: OpenLog[];
  readonly states: RecoveredStateRecord[];
  readonly damage: Damage[];
  readonly nextLogId: number;
  readonly nextStateId: number;
  readonly lastJournalNumber: number;
  readonly lastCommit: number;
  /** The journal files that were read, oldest first: not needed any more after the next checkpoint. */
  readonly journalPaths: string[];
}

interface JournalFile {
  readonly number: number;
  readonly path: string;
  readonly block: Block;
}

/**
 * Reads a data directory: the journal files oldest first, each frame in commit order, onto the segments of each log.
 *
 * A frame that is not whole is a torn tail if no later commit follows it, in its file or in the next one: it was never
 * acknowledged, and is left out. Otherwise it is damage: what can still be read of it is taken, and what its logs then
 * lack is marked as damaged.
 */
export async function recover(
  directory: string,
  context: FileStorageContext,
  host: Host,
): Promise<Recovered> {
  const recovery = new Recovery(directory, context, host);
  await recovery.run();
  return recovery.result();
}

class Recovery {
  readonly #directory: string;
  readonly #context: FileStorageContext;
  readonly #host: Host;
  readonly #damage: Damage[] = [];
  readonly #logs = new Map<number, OpenLog>();
  readonly #states = new Map<number, RecoveredStateRecord>();
  readonly #deleted = new Set<number>();
  readonly #journalPaths: string[] = [];
  readonly #view = new RecordView();
  #lastNumber = 0;
  #lastCommit = 0;
  #logIdMax = 0;
  #stateIdMax = 0;

  constructor(directory: string, context: FileStorageContext, host: Host) {
    this.#directory = directory;
    this.#context = context;
    this.#host = host;
  }

  async run(): Promise<void> {
    const files = await this.#readJournals();
    for (const [index, file] of files.entries()) await this.#replay(file, index === files.length - 1);
    await this.#findOrphans();
    for (const id of this.#deleted) {
      await this.#host.disk.removeDirectory("LOG:REMOVE", logDirectory(this.#directory, id));
    }
    for (const { log } of this.#logs.values()) log.restored();
  }

  result(): Recovered {
    return {
      logs: [...this.#logs.values()],
      states: [...this.#states.values()],
      damage: this.#damage,
      nextLogId: this.#logIdMax + 1,
      nextStateId: this.#stateIdMax + 1,
      lastJournalNumber: this.#lastNumber,
      lastCommit: this.#lastCommit,
      journalPaths: this.#journalPaths,
    };
  }

  async #readJournals(): Promise<JournalFile[]> {
    const { disk } = this.#host;
    const directory = `${this.#directory}/journal`;
    const files: JournalFile[] = [];
    for (const name of await disk.list("JOURNAL:LIST", directory)) {
      const number = numberOfFileName(name);
      if (number === undefined) continue;
      const path = `${directory}/${name}`;
      this.#lastNumber = Math.max(this.#lastNumber, number);
      this.#journalPaths.push(path);
      const block = await readFile(this.#host, path);
      if (isJournalHeader(block, number, this.#context.storeId)) {
        files.push({ number, path, block });
      } else if (hasAnyFrame(block, number)) {
        this.#report(path, "the header of the journal file is damaged");
        files.push({ number, path, block });
      }
      // A file without a frame was being made ready when the process ended: nothing was ever in it.
    }
    return files;
  }

  async #replay(file: JournalFile, isNewest: boolean): Promise<void> {
    const { view } = file.block;
    let at = FRAME_ALIGNMENT;
    let hasSnapshot = false;
    while (at < view.byteLength) {
      const head = decodeFrameHead(view, at, file.number);
      const isNext = head !== undefined && head.commit > this.#lastCommit;
      if (isNext && isFrameWhole(view, at, head)) {
        // The very first snapshot of a file is all or nothing: without it the rest was never acknowledged.
        hasSnapshot ||= (head.flags & FRAME_SNAPSHOT) !== 0;
        await this.#replayFrame(file, at, head);
        this.#lastCommit = head.commit;
        at += Math.ceil(head.size / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;
        continue;
      }
      const next = findLaterFrame(view, at + FRAME_ALIGNMENT, file.number, this.#lastCommit);
      if (next === undefined && isNewest) return;
      if (next === undefined && !isNext) return;
      this.#report(file.path, `the frame at ${at} is damaged`);
      if (isNext) {
        await this.#replayFrame(file, at, head);
        this.#lastCommit = head.commit;
      }
      if (next === undefined) return;
      at = next;
    }
  }

  async #replayFrame(
    file: JournalFile,
    at: number,
    head: NonNullable<ReturnType<typeof decodeFrameHead>>,
  ): Promise<void> {
    // Logs come with reads of their segments, so they are opened before the frame's records are applied.
    const logRecords: number[] = [];
    forEachRecord(file.block.view, at, head, (position) => {
      if (file.block.view.getUint8(position + 8) === KIND_LOG) logRecords.push(position);
    });
    for (const position of logRecords) await this.#restoreLog(file.block, position);
    forEachRecord(file.block.view, at, head, (position) => this.#apply(file.block, position));
  }

  async #restoreLog(block: Block, at: number): Promise<void> {
    const id = block.view.getUint32(at + 12, true);
    const reader = new ByteReader(recordBody(block, at));
    const name = reader.text();
    const first = reader.integer();
    const last = reader.integer();
    this.#logIdMax = Math.max(this.#logIdMax, id);
    let open = this.#logs.get(id);
    if (open === undefined && !this.#deleted.has(id)) {
      const directory = logDirectory(this.#directory, id);
      const names = await listIfThere(this.#host, directory);
      const files = new FileStorage(this.#context, directory, names !== undefined);
      const log = new Log(id, name, "file", files);
      log.restoreBounds(first, 0);
      open = { log, files };
      this.#logs.set(id, open);
      const damage = await restoreSegments(log, directory, names ?? [], this.#context);
      for (const { file, reason } of damage) this.#report(file, reason);
    }
    open?.log.restoreBounds(first, last);
  }

  #apply(block: Block, at: number): void {
    const kind = block.view.getUint8(at + 8);
    const owner = block.view.getUint32(at + 12, true);
    switch (kind) {
      case KIND_MESSAGE:
        this.#logs.get(owner)?.log.restoreMessage(block, at, this.#view);
        return;
      case KIND_REMOVED:
        this.#restoreRemovals(owner, recordBody(block, at));
        return;
      case KIND_TRIMMED: {
        const reader = new ByteReader(recordBody(block, at));
        this.#logs.get(owner)?.log.restoreBounds(reader.integer(), reader.integer());
        return;
      }
      case KIND_LOG_DELETED:
        this.#logs.delete(owner);
        this.#deleted.add(owner);
        return;
      default:
        this.#applyState(kind, owner, recordBody(block, at));
    }
  }

  #applyState(kind: number, id: number, body: Buffer): void {
    if (kind === KIND_STATE) {
      const reader = new ByteReader(body);
      const key = reader.text();
      const snapshot = Buffer.from(reader.blob());
      const deltas: Buffer[] = [];
      const count = reader.integer();
      for (let i = 0; i < count && !reader.failed; i++) deltas.push(Buffer.from(reader.blob()));
      this.#stateIdMax = Math.max(this.#stateIdMax, id);
      this.#states.set(id, { id, key, snapshot, deltas });
    } else if (kind === KIND_STATE_DELTA) {
      this.#states.get(id)?.deltas.push(Buffer.from(body));
    } else if (kind === KIND_STATE_DELETED) {
      this.#states.delete(id);
    }
  }

  #restoreRemovals(owner: number, body: Buffer): void {
    const log = this.#logs.get(owner)?.log;
    if (log === undefined) return;
    decodeSequences(body, (sequence) => {
      log.restoreRemoval(sequence)?.unsavedRemovals.push(sequence);
    });
  }

  /** Directories of logs that the journal does not know are never touched, only reported. */
  async #findOrphans(): Promise<void> {
    for (const name of await this.#host.disk.list("LOGS:LIST", `${this.#directory}/logs`)) {
      const id = /^[0-9a-f]{8}$/.test(name) ? Number.parseInt(name, 16) : 0;
      if (id === 0 || this.#logs.has(id) || this.#deleted.has(id)) continue;
      this.#logIdMax = Math.max(this.#logIdMax, id);
      this.#report(`${this.#directory}/logs/${name}`, "no journal file knows the log of this directory");
    }
  }

  #report(file: string, reason: string): void {
    this.#damage.push({ file, reason });
    this.#host.logger.error({ code: "STORE_CORRUPT", file }, `damage in the data directory: ${reason}`);
  }
}

function recordBody(block: Block, at: number): Buffer {
  return block.bytes.subarray(at + RECORD_HEAD_SIZE, at + block.view.getUint32(at + 4, true));
}

/** The position of the next frame of this file, from `at` on, that is later than `commit`. */
function findLaterFrame(
  view: DataView,
  at: number,
  number: number,
  commit: number,
): number | undefined {
  for (let position = at; position < view.byteLength; position += FRAME_ALIGNMENT) {
    const head = decodeFrameHead(view, position, number);
    if (head !== undefined && head.commit > commit + 1) return position;
  }
  return undefined;
}

function hasAnyFrame(block: Block, number: number): boolean {
  return findLaterFrame(block.view, FRAME_ALIGNMENT, number, -1) !== undefined;
}

/** The whole of a file in memory. */
export async function readFile(host: Pick<Host, "disk">, path: string): Promise<Block> {
  const file = await host.disk.open("RECOVERY:OPEN", path, "read");
  try {
    const block = allocateBlock(await file.size("RECOVERY:SIZE"));
    await call((done) => file.read("RECOVERY:READ", block.bytes, 0, done));
    return block;
  } finally {
    await file.close();
  }
}

async function listIfThere(host: Host, directory: string): Promise<string[] | undefined> {
  try {
    return await host.disk.list("LOG:LIST", directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
