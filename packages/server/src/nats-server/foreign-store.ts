import { type Dirent, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether a directory holds streams of nats-server and none of Oxbow. They are not read: to start there as if it were empty
 * would look like the loss of everything.
 */
export function holdsForeignStreams(directory: string): boolean {
  if (existsSync(join(directory, "store.json"))) return false;
  return subdirectories(directory).some((account) =>
    subdirectories(join(directory, account, "streams")).some((stream) =>
      existsSync(join(directory, account, "streams", stream, "meta.inf")),
    ),
  );
}

/** What to do about it. */
export function foreignStreamsRefusal(directory: string): string {
  return (
    `${directory} holds streams of nats-server, which Oxbow keeps in another form: give Oxbow a store_dir of its own, ` +
    "and bring the streams over with `nats account backup` and `nats account restore`"
  );
}

function subdirectories(directory: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
