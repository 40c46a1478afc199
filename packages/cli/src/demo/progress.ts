import { formatCount } from "../output/print.ts";

/** How far a data set has come. */
export interface Progress {
  readonly stream: string;
  readonly total: number;
  readonly published: number;
  readonly consumed: number;
}

const BAR_WIDTH = 24;
/** A terminal is redrawn often enough to look alive, a log gets a line now and then. */
const TERMINAL_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 1000;

/** Shows on stderr how far the demo is: a bar on a terminal, plain lines elsewhere. */
export class ProgressDisplay {
  readonly #read: () => Progress;
  readonly #isTerminal: boolean = process.stderr.isTTY === true;
  readonly #timer: NodeJS.Timeout;
  #lastConsumed = 0;
  #lastAtMs: number = performance.now();

  /** Shows what `read` returns from now on, until {@link stop}. */
  constructor(read: () => Progress) {
    this.#read = read;
    const intervalMs = this.#isTerminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
    this.#timer = setInterval(() => this.#show(), intervalMs);
  }

  /** Shows the last state and ends the line. */
  stop(): void {
    clearInterval(this.#timer);
    this.#show();
    if (this.#isTerminal) process.stderr.write("\n");
  }

  /** Writes a line that is no progress, above the bar. */
  note(text: string): void {
    process.stderr.write(this.#isTerminal ? `\r\u001b[K${text}\n` : `${text}\n`);
  }

  #show(): void {
    const progress = this.#read();
    const nowMs = performance.now();
    const seconds = Math.max(nowMs - this.#lastAtMs, 1) / 1000;
    const perSecond = (progress.consumed - this.#lastConsumed) / seconds;
    this.#lastConsumed = progress.consumed;
    this.#lastAtMs = nowMs;
    const line = formatProgress(progress, perSecond, this.#isTerminal);
    process.stderr.write(this.#isTerminal ? `\r\u001b[K${line}` : `${line}\n`);
  }
}

/** One line: the stream, a bar if wanted, how much is published, the rate and the lag of the group. */
export function formatProgress(
  { stream, total, published, consumed }: Progress,
  perSecond: number,
  hasBar: boolean,
): string {
  const share = total === 0 ? 1 : published / total;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = hasBar ? `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)} ` : "";
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const lag = Math.max(0, published - consumed);
  const amounts = `${formatCount(published)} of ${formatCount(total)}`;
  const rate = `${formatCount(perSecond)} msg/s, lag ${formatCount(lag)}`;
  return `${stream.padEnd(12)} ${bar}${percent}  ${amounts}  ${rate}`;
}
