/**
 * A whole server, as `oxbow start` runs it, which dies by its own hand, with SIGKILL, between two commits of its log: what
 * was committed is on disk by then, and nobody has been told of the last one. Driven by its parent over the channel of `fork`.
 *
 * Argument: the data directory.
 */
import type { DiskFile, Host } from "@oxbow/base";
import { nodeHost } from "@oxbow/node-host";
import { createLogger, resolveConfig, startServer } from "@oxbow/server";

/** What the parent says: die after so many commits from now on, 0 for before the first one, `null` for never. */
export interface CommitOrder {
  readonly dieAfter: number | null;
}
/** What it is told, once: where the server is; then, at each order, how many commits there were since the last one. */
export type ServerNews = { readonly url: string } | { readonly commits: number };

const [data] = process.argv.slice(2);
if (data === undefined) throw new Error("usage: server-process.ts <data directory>");

let commits = 0;
let dieAfter: number | null = null;

function dieIfDue(): void {
  if (commits === dieAfter) process.kill(process.pid, "SIGKILL");
}

function dying(file: DiskFile): DiskFile {
  const commit = file.commit.bind(file);
  file.commit = (site, buffers, position, done) => {
    if (dieAfter === 0) dieIfDue();
    commit(site, buffers, position, (error) => {
      commits++;
      dieIfDue();
      done(error);
    });
  };
  return file;
}

/** The host of this process, with a disk that it dies at. */
function dyingHost(host: Host): Host {
  const { disk } = host;
  const open = disk.open.bind(disk);
  disk.open = async (...place) => dying(await open(...place));
  return host;
}

const config = await resolveConfig({ flags: { port: "0", data, log: "error" } });
const { url } = await startServer(config, dyingHost(nodeHost({ logger: createLogger("error") })));
const tell = (news: ServerNews): void => void process.send?.(news);
process.on("message", (order: CommitOrder) => {
  tell({ commits });
  commits = 0;
  dieAfter = order.dieAfter;
});
// Without its parent there is nobody to work for.
process.once("disconnect", () => process.exit());
tell({ url });
