import type { DiskFile, Host } from "@oxbow/base";
import type { Block } from "../block.ts";
import { ByteReader } from "../byte-writer.ts";
import type { StoreKeys } from "../encryption/store-keys.ts";
import { FileStorage, type FileStorageContext, logDirectory } from "../file-storage.ts";
import { forEachRecord } from "../journal/journal-format.ts";
import { type ReplayStep, readJournals } from "../journal/journal-reader.ts";
import { Log } from "../log.ts";
import {
  KIND_LOG,
  KIND_LOG_DELETED,
  KIND_MESSAGE,
  KIND_REMOVED,
  KIND_STATE,
  KIND_STATE_DELETED,
  KIND_STATE_DELTA,
  KIND_STORE,
  KIND_TRIMMED,
  RECORD_HEAD_SIZE,
  RecordView,
} from "../record.ts";
import { decodeSequences } from "../segment/tombstones.ts";
import { LogRestoration } from "./log-restoration.ts";
import { restoreSegments } from "./segment-recovery.ts";

/** Something recovery could not read. Its file is left as it is. */
export interface Damage {
  readonly file: string;
  readonly reason: string;
}

/** A log with its files; without them it lives in memory. */
export interface OpenLog {
  readonly log: Log;
  readonly files: FileStorage | undefined;
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

interface RestoredLog {
  readonly log: Log;
  readonly files: FileStorage;
  readonly restoration: LogRestoration;
}

/**
 * Reads a data directory: what counts of the journal, in commit order, onto the segments of each log. Rejects without
 * leaving a file open.
 */
export async function recover(
  directory: string,
  context: FileStorageContext,
  keys: StoreKeys | undefined,
  host: Host,
): Promise<Recovered> {
  const recovery = new Recovery(directory, context, keys, host);
  try {
    return await recovery.run();
  } catch (error) {
    for (const file of context.opened) await closeQuietly(file);
    throw error;
  } finally {
    context.opened.clear();
  }
}

class Recovery {
  readonly #directory: string;
  readonly #context: FileStorageContext;
  readonly #keys: StoreKeys | undefined;
  readonly #host: Host;
  readonly #damage: Damage[] = [];
  readonly #logs = new Map<number, RestoredLog>();
  readonly #states = new Map<number, RecoveredStateRecord>();
  readonly #view = new RecordView();
  #nextLogId = 1;
  #nextStateId = 1;
  /** Whether the newest description of the whole store was whole: then a log it does not name was deleted. */
  #knowsAllLogs = false;

  constructor(
    directory: string,
    context: FileStorageContext,
    keys: StoreKeys | undefined,
    host: Host,
  ) {
    this.#directory = directory;
    this.#context = context;
    this.#keys = keys;
    this.#host = host;
  }

  async run(): Promise<Recovered> {
    const { disk } = this.#host;
    const journals = `${this.#directory}/journal`;
    const { storeId } = this.#context;
    const contents = await readJournals(disk, journals, storeId, this.#keys, this.#report);
    for (const step of contents.steps) await this.#replay(step);
    await this.#removeOrphans();
    for (const restored of this.#logs.values()) await this.#finish(restored);
    return {
      logs: [...this.#logs.values()].map(({ log, files }) => ({ log, files })),
      states: [...this.#states.values()],
      damage: this.#damage,
      nextLogId: this.#nextLogId,
      nextStateId: this.#nextStateId,
      lastJournalNumber: contents.lastNumber,
      lastCommit: contents.lastCommit,
      journalPaths: [...contents.paths],
    };
  }

  async #replay({ block, start, end, isSnapshot, isWhole }: ReplayStep): Promise<void> {
    const logRecords: number[] = [];
    forEachRecord(block.view, start, end, (position) => {
      if (kindAt(block, position) === KIND_LOG) logRecords.push(position);
    });
    if (isSnapshot) {
      const ids = new Set(logRecords.map((position) => ownerAt(block, position)));
      for (const id of this.#logs.keys()) if (!ids.has(id)) await this.#deleteLog(id);
      this.#states.clear();
      this.#knowsAllLogs = true;
    } else if (!isWhole) {
      this.#knowsAllLogs = false;
    }
    // Opening a log reads its segments, so all are opened before the records are applied.
    for (const position of logRecords) await this.#openLog(block, position);
    const deleted: number[] = [];
    forEachRecord(block.view, start, end, (position) => {
      if (kindAt(block, position) === KIND_LOG_DELETED) deleted.push(ownerAt(block, position));
      else this.#apply(block, position);
    });
    // What a log's description says of its last sequence includes the messages after it in the same frame.
    for (const position of logRecords) this.#applyBounds(block, position);
    for (const id of deleted) await this.#deleteLog(id);
  }

  async #openLog(block: Block, position: number): Promise<void> {
    const id = ownerAt(block, position);
    this.#nextLogId = Math.max(this.#nextLogId, id + 1);
    if (this.#logs.has(id)) return;
    const reader = new ByteReader(recordBody(block, position));
    const name = reader.text();
    const directory = logDirectory(this.#directory, id);
    const names = await listIfThere(this.#host, directory);
    const files = new FileStorage(this.#context, directory, names !== undefined);
    const log = new Log(id, name, "file", files);
    const restoration = new LogRestoration(log, files);
    this.#logs.set(id, { log, files, restoration });
    restoration.setBounds(reader.integer(), 0, 0);
    if (names !== undefined) {
      // What is seen there must not be taken back once the journal is let go on the strength of it.
      await this.#host.disk.syncDirectory("LOG:NAMES", directory);
    }
    await restoreSegments(restoration, {
      directory,
      names: new Set(names),
      context: this.#context,
      trustedEnd: reader.integer() + 1,
      report: this.#report,
    });
  }

  #apply(block: Block, position: number): void {
    const kind = kindAt(block, position);
    const owner = ownerAt(block, position);
    const restoration = this.#logs.get(owner)?.restoration;
    switch (kind) {
      case KIND_MESSAGE:
        restoration?.addMessage(block, position, this.#view);
        return;
      case KIND_REMOVED:
        decodeSequences(recordBody(block, position), (sequence) => {
          const segment = restoration?.remove(sequence);
          if (segment !== undefined) segment.hasUnsavedRemovals = true;
        });
        return;
      case KIND_TRIMMED:
        this.#applyBounds(block, position);
        return;
      case KIND_STORE: {
        const reader = new ByteReader(recordBody(block, position));
        this.#nextLogId = Math.max(this.#nextLogId, reader.integer());
        this.#nextStateId = Math.max(this.#nextStateId, reader.integer());
        return;
      }
      default:
        this.#applyState(kind, owner, recordBody(block, position));
    }
  }

  /** Takes the ends of a log from a record that describes or trims it. */
  #applyBounds(block: Block, position: number): void {
    const reader = new ByteReader(recordBody(block, position));
    if (kindAt(block, position) === KIND_LOG) reader.text();
    const restoration = this.#logs.get(ownerAt(block, position))?.restoration;
    restoration?.setBounds(reader.integer(), reader.integer(), reader.integer());
  }

  #applyState(kind: number, id: number, body: Buffer): void {
    if (kind === KIND_STATE) {
      const reader = new ByteReader(body);
      const key = reader.text();
      const snapshot = Buffer.from(reader.blob());
      const deltas: Buffer[] = [];
      const count = reader.integer();
      for (let i = 0; i < count && !reader.failed; i++) deltas.push(Buffer.from(reader.blob()));
      this.#nextStateId = Math.max(this.#nextStateId, id + 1);
      this.#states.set(id, { id, key, snapshot, deltas });
    } else if (kind === KIND_STATE_DELTA) {
      this.#states.get(id)?.deltas.push(Buffer.from(body));
    } else if (kind === KIND_STATE_DELETED) {
      this.#states.delete(id);
    }
  }

  async #deleteLog(id: number): Promise<void> {
    const restored = this.#logs.get(id);
    if (restored === undefined) return;
    this.#logs.delete(id);
    await restored.restoration.remainder?.close();
    await restored.files.close(restored.log);
    await this.#host.disk.removeDirectory("LOG:REMOVE", logDirectory(this.#directory, id));
  }

  /**
   * Directories whose log is not there: if it is certain that it was deleted, its files go, too. Otherwise nothing is
   * touched.
   */
  async #removeOrphans(): Promise<void> {
    const { disk } = this.#host;
    const nextLogId = this.#nextLogId;
    for (const name of await disk.list("LOGS:LIST", `${this.#directory}/logs`)) {
      const id = /^[0-9a-f]{8}$/.test(name) ? Number.parseInt(name, 16) : 0;
      if (id === 0 || this.#logs.has(id)) continue;
      const directory = logDirectory(this.#directory, id);
      this.#nextLogId = Math.max(this.#nextLogId, id + 1);
      if (this.#knowsAllLogs && id < nextLogId) {
        await disk.removeDirectory("LOG:REMOVE", directory);
      } else {
        this.#report(directory, "no journal file knows the log of this directory");
      }
    }
  }

  async #finish({ log, restoration }: RestoredLog): Promise<void> {
    const directory = logDirectory(this.#directory, log.id);
    for (const { start, end } of restoration.finish().ranges) {
      const which = end === start + 1 ? `sequence ${start}` : `sequences ${start} to ${end - 1}`;
      this.#report(directory, `${which} of ${log.name} can't be read`);
    }
    await restoration.remainder?.close();
    for (const segment of restoration.unused) await segment.file?.close();
  }

  readonly #report = (file: string, reason: string): void => {
    this.#damage.push({ file, reason });
    this.#host.logger.error(
      { code: "STORE_CORRUPT", file },
      `damage in the data directory: ${reason}`,
    );
  };
}

function kindAt({ view }: Block, position: number): number {
  return view.getUint8(position + 8);
}

function ownerAt({ view }: Block, position: number): number {
  return view.getUint32(position + 12, true);
}

function recordBody({ bytes, view }: Block, position: number): Buffer {
  return bytes.subarray(position + RECORD_HEAD_SIZE, position + view.getUint32(position + 4, true));
}

async function listIfThere(host: Host, directory: string): Promise<string[] | undefined> {
  try {
    return await host.disk.list("LOG:LIST", directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function closeQuietly(file: DiskFile): Promise<void> {
  try {
    await file.close();
  } catch {
    // The error that ended the recovery is the one to be told.
  }
}
