import { readFile, watch } from "node:fs/promises";
import { join } from "node:path";

/** Where a server can be reached, as its ports file says: URLs by kind of door. */
export interface ServerUrls {
  readonly nats: readonly string[];
  readonly monitoring?: readonly string[];
  readonly websocket?: readonly string[];
}

/** Reads the ports file of the process `pid` in `directory` as soon as it is whole. */
export async function readPortsFile(directory: string, pid: number): Promise<ServerUrls> {
  const path = join(directory, `nats-server_${pid}.ports`);
  const watching = new AbortController();
  try {
    const changes = watch(directory, { signal: watching.signal })[Symbol.asyncIterator]();
    for (;;) {
      // Asked for the change before each look, so that the file can't appear between the two: watching begins with that.
      const change = changes.next();
      const urls = await tryRead(path);
      if (urls !== undefined) {
        change.catch(() => undefined); // It ends with an error, which nobody waits for.
        return urls;
      }
      await change;
    }
  } finally {
    watching.abort();
  }
}

async function tryRead(path: string): Promise<ServerUrls | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as ServerUrls;
  } catch {
    // It is not there, or not whole.
    return undefined;
  }
}
