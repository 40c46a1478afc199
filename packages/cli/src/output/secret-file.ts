import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { CommandFailure } from "../failures.ts";

/** Read and written by its owner only. */
const ownerOnly = 0o600;

/**
 * Appends to a file that only its owner can read, and makes it if there is none. It is on disk once this has ended.
 *
 * @throws CommandFailure for one that others can read
 */
export async function appendSecret(path: string, text: string): Promise<void> {
  const { O_APPEND, O_CREAT, O_WRONLY } = constants;
  try {
    const file = await open(path, O_APPEND | O_CREAT | O_WRONLY, ownerOnly);
    try {
      const { mode } = await file.stat();
      if ((mode & 0o077) !== 0) {
        throw new CommandFailure(`${path} can be read by others: chmod 600 ${path}`);
      }
      await file.appendFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const reason = (error as Error).message;
    throw new CommandFailure(`${path} can't be written: ${reason}`, { cause: error });
  }
}
