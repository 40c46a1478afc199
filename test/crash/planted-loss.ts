import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, rm } from "node:fs/promises";

/**
 * A disk that forgets, planted under a broker that does all right, to prove that the checker would notice a broker
 * that acknowledges before it has synced.
 *
 * The two look the same from outside: the broker has acknowledged a message, and the disk holds what it held before.
 * Killing a process cannot show that by itself, because what it has written stays in the page cache. So the process
 * is stopped at some moment, its data directory is copied, it goes on and acknowledges more, is killed, and is
 * started again on the copy. Nothing in the product knows of it, and it does not depend on how files are laid out.
 */
export class PlantedLoss {
  readonly #dataDirectory: string;
  readonly #copyDirectory: string;

  constructor(dataDirectory: string, copyDirectory: string) {
    this.#dataDirectory = dataDirectory;
    this.#copyDirectory = copyDirectory;
  }

  /** Copies the data directory as it is at one moment in the life of the process. */
  async remember(pid: number): Promise<void> {
    process.kill(pid, "SIGSTOP");
    try {
      waitUntilStopped(pid);
      await cp(this.#dataDirectory, this.#copyDirectory, { recursive: true });
    } finally {
      process.kill(pid, "SIGCONT");
    }
  }

  /** Puts the copy in the place of the data directory of the dead process. */
  async forget(): Promise<void> {
    await rm(this.#dataDirectory, { recursive: true });
    await cp(this.#copyDirectory, this.#dataDirectory, { recursive: true });
  }
}

/** A signal is delivered at some time after it is sent, and nothing tells when but the state of the process. */
function waitUntilStopped(pid: number): void {
  while (stateOf(pid) !== "T");
}

/** The letter that `ps` shows for the state of a process; Linux tells it without `ps`, which not every image has. */
function stateOf(pid: number): string | undefined {
  if (process.platform !== "linux") {
    return execFileSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8" })[0];
  }
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text[text.lastIndexOf(")") + 2];
}
