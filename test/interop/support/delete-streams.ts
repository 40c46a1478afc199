import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { collect, type OfficialClient } from "./official-client.ts";

/** A server whose files can be looked at. */
export interface StoringServer {
  readonly url: string;
  readonly dataDirectory: string;
}

/**
 * Deletes every stream that there is, with all that is kept of it, so that the next test can use the same names.
 *
 * nats-server answers once it has renamed a stream's directory, and removes it after that. While it is at that it can't
 * rename another one of the same name: what it deletes then stays on disk, and is in the stream again, with messages and
 * sequences, as soon as one of that name is made. (Made and deleted in turns as fast as it answers, every third stream
 * came back, with 2.14.5 as with 2.15.1.) So whatever it has left is removed here. Oxbow keeps its streams elsewhere.
 */
export async function deleteStreams(
  { jsm }: OfficialClient,
  { dataDirectory }: StoringServer,
): Promise<void> {
  for (const name of await collect(jsm.streams.names())) await jsm.streams.delete(name);
  const streams = join(dataDirectory, "jetstream", "$G", "streams");
  for (const left of await readdir(streams).catch(() => [])) {
    // The server may be removing the same files.
    await rm(join(streams, left), { recursive: true, force: true, maxRetries: 100 });
  }
}
