import type { Disk, DiskFile } from "@oxbow/base";
import type { SegmentFiles } from "./blocked-file/segment-files.ts";
import { call, parentOf, replaceFile } from "./disk-files.ts";
import { LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { ReadCache } from "./read-cache.ts";
import { removeSince } from "./segment/compaction.ts";
import type { Segment } from "./segment/segment.ts";
import {
  encodeSegmentHeader,
  encodeSegmentIndex,
  segmentFileName,
  temporaryName,
  tombstoneFileName,
} from "./segment/segment-format.ts";
import { writeCompacted } from "./segment/segment-rewrite.ts";
import { encodeTombstones } from "./segment/tombstones.ts";

/** With what the files of a log are made. */
export interface LogFilesContext {
  readonly disk: Disk;
  readonly files: SegmentFiles;
  readonly storeId: Buffer;
  readonly cache: ReadCache;
}

/**
 * The files in the directory of one log: a segment's records, its index once it is full, and the list of what was removed
 * from it. One piece of work at a time.
 */
export class LogFiles {
  readonly directory: string;
  readonly #context: LogFilesContext;
  /** Resolves when all removals made until now are durable: a message may leave a file only after that. */
  readonly #removalsDurable: () => Promise<void>;
  #hasDirectory: boolean;
  /** Segments that have left the log; their files go with the next checkpoint. */
  #obsolete: Segment[] = [];
  /** The segment that is getting its file right now. */
  #creating: Segment | undefined;

  constructor(
    directory: string,
    hasDirectory: boolean,
    context: LogFilesContext,
    removalsDurable: () => Promise<void>,
  ) {
    this.directory = directory;
    this.#hasDirectory = hasDirectory;
    this.#context = context;
    this.#removalsDurable = removalsDurable;
  }

  /** Segments that have left the log and have files yet. */
  get obsolete(): readonly Segment[] {
    return this.#obsolete;
  }

  /** The segment has left the log. What is removed as fast as it comes never gets a file: nothing is remembered of it. */
  drop(segment: Segment): void {
    if (segment.file !== undefined || segment === this.#creating) this.#obsolete.push(segment);
  }

  /**
   * Writes records behind those that are in the segment's file, durably. The file is begun if there is none.
   *
   * @param isRead - Whether the log is read from its files now: then the operating system is to cache what is written.
   */
  async append(
    log: Log,
    segment: Segment,
    buffers: readonly Buffer[],
    isRead: boolean,
  ): Promise<void> {
    const file = segment.file ?? (await this.#create(log, segment));
    let position = segment.fileEnd;
    for (const part of partsOf(buffers, position, LIMITS.segmentWriteSize)) {
      await call((done) => {
        if (isRead) file.write("SEGMENT:WRITE", part.buffers, position, done);
        else file.writeAround("SEGMENT:WRITE", part.buffers, position, done);
      });
      position += part.size;
    }
    await call((done) => file.sync("SEGMENT:SYNC", done));
    segment.fileEnd = position;
  }

  async #create(log: Log, segment: Segment): Promise<DiskFile> {
    const { disk, storeId } = this.#context;
    if (!this.#hasDirectory) {
      await disk.makeDirectory("LOG:DIRECTORY", this.directory);
      await disk.syncDirectory("LOG:PARENT", parentOf(this.directory));
      this.#hasDirectory = true;
    }
    this.#creating = segment;
    const path = `${this.directory}/${segmentFileName(segment.base)}`;
    // A file of this name can only be left over from a checkpoint that a crash cut short.
    await disk.remove("SEGMENT:LEFTOVER", path);
    await disk.remove("SEGMENT:LEFTOVER", `${this.directory}/${tombstoneFileName(segment.base)}`);
    const file = await this.#context.files.create("SEGMENT:CREATE", path, log);
    // From here on it is closed with the segment.
    segment.file = file;
    this.#creating = undefined;
    const header = encodeSegmentHeader(log.id, segment.base, storeId);
    await call((done) => file.write("SEGMENT:HEADER", [header], 0, done));
    await disk.syncDirectory("SEGMENT:NAME", this.directory);
    return file;
  }

  /** Writes the index of a full segment, in the place of whatever a seal that was cut short has left there. */
  async seal(log: Log, segment: Segment): Promise<void> {
    const index = encodeSegmentIndex(segment.index, log.subjects);
    await this.#removalsDurable();
    const file = segment.file as DiskFile;
    const end = segment.end + index.length;
    if ((await file.size("SEGMENT:SIZE")) > end) await file.truncate("SEGMENT:CUT", end);
    await call((done) => file.write("SEGMENT:INDEX", [index], segment.end, done));
    await call((done) => file.sync("SEGMENT:SEAL", done));
    segment.sealed = true;
  }

  /** Lists all that was removed from a segment anew, in a file of its own. */
  async saveTombstones(log: Log, segment: Segment): Promise<void> {
    const content = encodeTombstones(log.id, segment, log.index.damaged);
    segment.hasUnsavedRemovals = false;
    await this.#removalsDurable();
    if (segment.isDropped) return;
    const { disk } = this.#context;
    await replaceFile(disk, "TOMBSTONES", this.directory, tombstoneFileName(segment.base), content);
  }

  /** Removes the files of segments that have left the log. */
  async removeObsolete(): Promise<void> {
    if (this.#obsolete.length === 0) return;
    const obsolete = this.#obsolete.slice();
    await this.#removalsDurable();
    for (const segment of obsolete) {
      if (segment.file !== undefined) {
        // The handle outlives the reads that are under way.
        await closeFile(segment);
        await this.#removeFiles(segment.base);
      }
      this.#obsolete.splice(this.#obsolete.indexOf(segment), 1);
    }
  }

  /** Puts one small segment in the place of the group, on disk by a rename and then in the log. */
  async compact(log: Log, group: readonly Segment[]): Promise<void> {
    if (group.some((segment) => segment.isDropped)) return;
    const { disk } = this.#context;
    const replacement = await writeCompacted(log, group, this.#context, this.directory);
    if (replacement === undefined) return;
    const name = segmentFileName(replacement.base);
    try {
      await this.#removalsDurable();
      await disk.rename(
        "COMPACTION:RENAME",
        `${this.directory}/${temporaryName(name)}`,
        `${this.directory}/${name}`,
      );
      await disk.syncDirectory("COMPACTION:NAME", this.directory);
    } catch (error) {
      await closeFile(replacement);
      throw error;
    }
    removeSince(replacement, group);
    // What was dropped meanwhile has lost its file to the rename, or loses it below.
    this.#obsolete = this.#obsolete.filter((segment) => !group.includes(segment));
    if (!log.index.replace(group, replacement)) this.drop(replacement);
    for (const segment of group) this.#context.cache.drop(segment);
    for (const segment of group) await closeFile(segment);
    // The first one's name is the replacement's now.
    for (const segment of group.slice(1)) await this.#removeFiles(segment.base);
  }

  async #removeFiles(base: number): Promise<void> {
    const { disk } = this.#context;
    await disk.remove("SEGMENT:REMOVE", `${this.directory}/${segmentFileName(base)}`);
    await disk.remove("TOMBSTONES:REMOVE", `${this.directory}/${tombstoneFileName(base)}`);
  }
}

/** The bytes of `buffers`, which go to `position`, in parts that end where multiples of `sizeMax` do. */
function partsOf(
  buffers: readonly Buffer[],
  position: number,
  sizeMax: number,
): { buffers: Buffer[]; size: number }[] {
  const parts: { buffers: Buffer[]; size: number }[] = [];
  let last = { buffers: [] as Buffer[], size: 0 };
  let room = 0;
  for (const buffer of buffers) {
    for (let at = 0; at < buffer.length; ) {
      if (room === 0) {
        room = sizeMax - (parts.length === 0 ? position % sizeMax : 0);
        parts.push((last = { buffers: [], size: 0 }));
      }
      const size = Math.min(buffer.length - at, room);
      room -= size;
      last.buffers.push(buffer.subarray(at, at + size));
      last.size += size;
      at += size;
    }
  }
  return parts;
}

/** Closes the file of a segment, if it has one. */
export async function closeFile(segment: Segment): Promise<void> {
  const { file } = segment;
  segment.file = undefined;
  await file?.close();
}
