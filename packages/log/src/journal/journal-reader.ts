import type { Disk } from "@oxbow/base";
import { type Block, blockOf } from "../block.ts";
import { call, readWholeFile } from "../disk-files.ts";
import { TAG_SIZE } from "../encryption/file-cipher.ts";
import type { StoreKeys } from "../encryption/store-keys.ts";
import { formatError } from "../store-file.ts";
import {
  aligned,
  decodeFrameHead,
  decodeJournalHeader,
  FRAME_ALIGNMENT,
  FRAME_ENCRYPTED,
  FRAME_HEAD_SIZE,
  FRAME_SNAPSHOT,
  type FrameHead,
  frameAssociated,
  frameNonce,
  frameSeed,
  isFrameWhole,
  JOURNAL_VERSION_ENCRYPTED,
  numberOfFileName,
  recordsEnd,
} from "./journal-format.ts";

const ZEROS: Buffer = Buffer.alloc(64 * 1024);

/** A frame as it was found: its head checks out, its records perhaps not. */
interface Frame {
  readonly at: number;
  readonly head: FrameHead;
  readonly isWhole: boolean;
}

interface JournalFile {
  readonly number: number;
  readonly path: string;
  /** The content, in plain. */
  readonly block: Block;
  /** As it is in the file. */
  readonly stored: Buffer;
  readonly frames: readonly Frame[];
}

/** Records to be applied, in `[start, end)` of the block. */
export interface ReplayStep {
  readonly block: Block;
  readonly start: number;
  readonly end: number;
  /** Whether the records begin with the whole state of the store: what they do not speak of is gone. */
  readonly isSnapshot: boolean;
  /** Whether it is all that was committed there. */
  readonly isWhole: boolean;
}

/** What the journal files of a store say. */
export interface JournalContents {
  /** In commit order. */
  readonly steps: readonly ReplayStep[];
  /** Number of the last commit in them. */
  readonly lastCommit: number;
  /** Number of the newest file, 0 if there is none. */
  readonly lastNumber: number;
  /** The files, oldest first; once a checkpoint has what is in them, they may go. */
  readonly paths: readonly string[];
}

type Report = (file: string, reason: string) => void;

/** A frame of which nobody knows whether it is durable. */
interface UnsureFrame {
  readonly path: string;
  readonly position: number;
  readonly bytes: Buffer;
}

/**
 * Reads the journal files of a store, and makes what it reads durable: nothing that was once recovered may be taken
 * back by a later crash. To sync would not be enough, for a file whose sync failed once has bytes that can be read and
 * are written no more: what is not known to be durable is written again.
 *
 * A file begins with a frame that holds the whole state, and the frames after it count up. A commit is known to have
 * been durable if a later frame says so. Then its frame must be whole, and if it is not, that is damage: what can be
 * read of it is used. Of the commits after that, those up to the first that is not whole count; the rest was never
 * acknowledged. The frame that begins a file says where the file before it ended; what lies beyond is void.
 */
export async function readJournals(
  disk: Disk,
  directory: string,
  storeId: Buffer,
  keys: StoreKeys | undefined,
  report: Report,
): Promise<JournalContents> {
  const files: JournalFile[] = [];
  const paths: string[] = [];
  let lastNumber = 0;
  for (const name of await disk.list("JOURNAL:LIST", directory)) {
    const number = numberOfFileName(name);
    if (number === undefined) continue;
    lastNumber = Math.max(lastNumber, number);
    const path = `${directory}/${name}`;
    const block = await readWholeFile(disk, "REPLAY", path);
    const stored = block.bytes;
    const plain = decrypted(block, frameSeed(storeId), number, keys);
    const found = findFrames(plain.view, frameSeed(storeId));
    // One that is used again still has frames of the file it was before.
    const frames = found.filter(({ head }) => head.journal === number);
    const isBegun = frames.length > 0;
    const isEmpty = !isBegun && (found.length > 0 || isZero(block.bytes, FRAME_ALIGNMENT));
    if (!checkHeader(block, path, number, storeId, isEmpty, report)) continue;
    paths.push(path);
    files.push({ number, path, block: plain, stored, frames });
  }
  const replay = new Replay(files, report);
  for (const frame of replay.unsure) await rewrite(disk, frame);
  return { steps: replay.steps, lastCommit: replay.lastCommit, lastNumber, paths };
}

async function rewrite(disk: Disk, { path, position, bytes }: UnsureFrame): Promise<void> {
  const file = await disk.open("JOURNAL:REWRITE", path, "write");
  try {
    await call((done) => file.commit("JOURNAL:REWRITE", [bytes], position, done));
  } finally {
    await file.close();
  }
}

/** Whether the file is one of this store's journal files, and may go when it is not needed any more. */
function checkHeader(
  block: Block,
  path: string,
  number: number,
  storeId: Buffer,
  isEmpty: boolean,
  report: Report,
): boolean {
  const header = decodeJournalHeader(block);
  if (header === undefined) {
    if (!isEmpty) report(path, "the header of the journal file is damaged");
    return true;
  }
  if (!header.storeId.equals(storeId)) {
    report(path, "the file belongs to another store; it is left alone");
    return false;
  }
  if (header.version > JOURNAL_VERSION_ENCRYPTED) throw formatError(path, header.version);
  if (header.number === number && block.bytes.length < header.size) {
    report(path, `the file is cut off at ${block.bytes.length} of ${header.size} bytes`);
  }
  if (header.number !== number && !isEmpty) report(path, "the file has another file's header");
  return true;
}

function isZero(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at += ZEROS.length) {
    const end = Math.min(at + ZEROS.length, bytes.length);
    if (bytes.compare(ZEROS, 0, end - at, at, end) !== 0) return false;
  }
  return true;
}

/** A file's content with the records of its frames in plain; those of a frame whose tag does not fit stay as they are. */
function decrypted(block: Block, seed: number, number: number, keys: StoreKeys | undefined): Block {
  const salt = decodeJournalHeader(block)?.salt;
  if (keys === undefined || salt === undefined) return block;
  const cipher = keys.fileCipher(salt);
  const plain = blockOf(Buffer.from(block.bytes));
  let at = FRAME_ALIGNMENT;
  while (at < block.bytes.length) {
    const head = decodeFrameHead(block.view, at, seed);
    if (head === undefined) {
      at += FRAME_ALIGNMENT;
      continue;
    }
    if ((head.flags & FRAME_ENCRYPTED) !== 0 && head.journal === number) {
      const start = at + FRAME_HEAD_SIZE;
      const end = recordsEnd(at, head);
      const tag = block.bytes.subarray(end, at + head.size);
      const records = block.bytes.subarray(start, end);
      const isAllThere = end >= start && tag.length === TAG_SIZE;
      const associated = frameAssociated(block.bytes, at);
      const opened = isAllThere
        ? cipher.open(frameNonce(head.commit), associated, records, tag)
        : undefined;
      opened?.copy(plain.bytes, start);
    }
    at += aligned(head.size);
  }
  return plain;
}

function findFrames(view: DataView, seed: number): Frame[] {
  const frames: Frame[] = [];
  let at = FRAME_ALIGNMENT;
  while (at < view.byteLength) {
    const head = decodeFrameHead(view, at, seed);
    if (head === undefined) {
      at += FRAME_ALIGNMENT;
      continue;
    }
    frames.push({ at, head, isWhole: isFrameWhole(view, at, head) });
    at += aligned(head.size);
  }
  return frames;
}

/** Decides which frames count. */
class Replay {
  readonly steps: ReplayStep[] = [];
  readonly unsure: UnsureFrame[] = [];
  lastCommit = 0;
  readonly #files: readonly JournalFile[];
  readonly #report: Report;

  constructor(files: readonly JournalFile[], report: Report) {
    this.#files = files;
    this.#report = report;
    for (const index of files.keys()) this.#addFile(index);
  }

  #addFile(index: number): void {
    const file = this.#files[index] as JournalFile;
    const next = this.#files.slice(index + 1).find(isBegun);
    // Where the next file took over, or else what the file itself knows to be durable.
    const end = next?.frames[0]?.head.synced;
    const durable = end ?? Math.max(0, ...file.frames.map(({ head }) => head.synced));
    const isNewestAndOldest = index === 0 && next === undefined;
    if (!isBegun(file) && !this.#addDamagedBeginning(file, isNewestAndOldest, durable)) return;
    let position = FRAME_ALIGNMENT;
    for (const frame of file.frames) {
      const { commit } = frame.head;
      if (end !== undefined && commit > end) break;
      const isBeginning = frame.at === FRAME_ALIGNMENT;
      if (!isBeginning && commit !== this.lastCommit + 1) {
        // The head of at least one frame is gone.
        if (this.lastCommit + 1 > durable) break;
        this.#salvage(file, position, frame.at);
      }
      if (!frame.isWhole && commit > durable && !isBeginning) break;
      if (!frame.isWhole) this.#report(file.path, `the frame at ${frame.at} is damaged`);
      this.#addFrame(file, frame);
      position = frame.at + aligned(frame.head.size);
      if (commit > durable) {
        const bytes = file.stored.subarray(frame.at, frame.at + frame.head.size);
        this.unsure.push({ path: file.path, position: frame.at, bytes });
      }
    }
    // A number that is missing is no damage: files go one by one when they are not needed any more.
    const isNextHere = next?.number === file.number + 1;
    if (end !== undefined && isNextHere && this.lastCommit < end) {
      this.#salvage(file, position, file.block.bytes.length);
      this.lastCommit = end;
    }
  }

  /**
   * Judges a file whose first frame is not whole: false if it was never relied upon. If there is no other, the files
   * before it are gone because it was whole once.
   */
  #addDamagedBeginning(file: JournalFile, isOnlyOne: boolean, durable: number): boolean {
    const first = file.frames[0];
    const isDurable = first !== undefined && first.head.commit <= durable;
    if (!isDurable && !(isOnlyOne && file.number > 1)) return false;
    if (first?.at !== FRAME_ALIGNMENT) {
      this.#salvage(file, FRAME_ALIGNMENT, first?.at ?? file.block.bytes.length);
      if (first !== undefined) this.lastCommit = Math.max(this.lastCommit, first.head.commit - 1);
    }
    return true;
  }

  #addFrame({ block }: JournalFile, { at, head, isWhole }: Frame): void {
    const isSnapshot = isWhole && (head.flags & FRAME_SNAPSHOT) !== 0;
    const end = Math.min(recordsEnd(at, head), block.bytes.length);
    this.steps.push({ block, start: at + FRAME_HEAD_SIZE, end, isSnapshot, isWhole });
    this.lastCommit = Math.max(this.lastCommit, head.commit);
  }

  /** Uses what can be read where a frame's head should be. */
  #salvage(file: JournalFile, at: number, end: number): void {
    this.#report(file.path, `the frames from ${at} to ${end} are damaged`);
    const { block } = file;
    const step = { block, start: at + FRAME_HEAD_SIZE, end, isSnapshot: false, isWhole: false };
    this.steps.push(step);
  }
}

/** Whether the file's first frame, which makes it count, is whole. */
function isBegun({ frames }: JournalFile): boolean {
  const first = frames[0];
  return first !== undefined && first.at === FRAME_ALIGNMENT && first.isWhole;
}
