import { type ConfPosition, formatConfPosition } from "@oxbow/wire/nats-conf";

/** What is wrong with a configuration, and what is odd about it: texts that begin with `file:line:column`. */
export class Findings {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  /** What the server should know of itself when it runs: the configuration is right, and part of it has no effect. */
  readonly notes: string[] = [];

  /** Something that keeps the server from starting. `position` is absent where no single place is to blame. */
  error(position: ConfPosition | undefined, text: string): void {
    this.errors.push(located(position, text));
  }

  /** Something that was understood, and that should be written otherwise or has no effect. */
  warn(position: ConfPosition | undefined, text: string): void {
    this.warnings.push(located(position, text));
  }

  note(text: string): void {
    this.notes.push(text);
  }
}

function located(position: ConfPosition | undefined, text: string): string {
  return position === undefined ? text : `${formatConfPosition(position)}: ${text}`;
}
