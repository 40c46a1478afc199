import type { DiskFile } from "@oxbow/base";
import type { Block } from "../block.ts";
import type { Segment } from "../segment/segment.ts";
import type { LogRestoration, Remainder } from "./log-restoration.ts";
import { SegmentScan } from "./segment-scan.ts";

/** An open segment file and what was read from it. */
export interface FileContent {
  readonly file: DiskFile;
  readonly block: Block;
  /** Whether its header checks out. */
  readonly hasHeader: boolean;
}

/**
 * The newest file when nothing in it is known to be durable, as after a crash between its creation and its first sync.
 * As a rule the journal has all of it, and the file goes. If not, its records are all there is.
 */
export class UntrustedFile implements Remainder {
  readonly #segment: Segment;
  readonly #content: FileContent;
  readonly #report: () => void;
  readonly #remove: () => Promise<void>;
  readonly #scan: SegmentScan;

  constructor(
    restoration: LogRestoration,
    segment: Segment,
    content: FileContent,
    report: () => void,
    remove: () => Promise<void>,
  ) {
    this.#segment = segment;
    this.#content = content;
    this.#report = report;
    this.#remove = remove;
    this.#scan = new SegmentScan(restoration, segment, content.block);
  }

  salvage(end: number): void {
    const { length } = this.#segment;
    this.#scan.salvage(end);
    if (this.#segment.length === length || this.#segment.file !== undefined) return;
    this.#segment.file = this.#content.file;
    if (this.#content.hasHeader) return;
    this.#report();
    this.#segment.isDamaged = true;
  }

  async close(): Promise<void> {
    if (this.#segment.file !== undefined) return;
    await this.#content.file.close();
    if (!this.#segment.isDamaged) await this.#remove();
  }
}
