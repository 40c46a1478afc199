import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { decodeHistory, encodeHistoryEvent, type HistoryEvent } from "@oxbow/testkit";

/** Characters that are gathered before they are written. */
const BUFFERED_LENGTH_MAX = 1024 * 1024;

/**
 * The history of a run: a file that is only appended to, one line an event, written by the process that loads the
 * broker and by the one that checks it, in turns. It lies outside of both and of the broker, so it outlives all three.
 */
export class HistoryFile {
  readonly #descriptor: number;
  #lines: string[] = [];
  #bufferedLength = 0;
  #position = 0;

  /** Opens the file at `path`, or creates it. */
  constructor(path: string) {
    this.#descriptor = openSync(path, "a+");
  }

  record(event: HistoryEvent): void {
    const line = encodeHistoryEvent(event);
    this.#lines.push(line);
    this.#bufferedLength += line.length;
    if (this.#bufferedLength > BUFFERED_LENGTH_MAX) this.flush();
  }

  /** Puts what was recorded into the file, for the other process to read. Each does so before the other's turn. */
  flush(): void {
    const bytes = Buffer.from(this.#lines.join(""));
    this.#lines = [];
    this.#bufferedLength = 0;
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#descriptor, bytes, written);
    }
    this.#position += bytes.length;
  }

  /** Events that the other process has written since the last call. */
  readNew(): HistoryEvent[] {
    const bytes = Buffer.allocUnsafe(fstatSync(this.#descriptor).size - this.#position);
    for (let filled = 0; filled < bytes.length; ) {
      filled += readSync(
        this.#descriptor,
        bytes,
        filled,
        bytes.length - filled,
        this.#position + filled,
      );
    }
    this.#position += bytes.length;
    return decodeHistory(bytes.toString());
  }

  close(): void {
    this.flush();
    closeSync(this.#descriptor);
  }
}
