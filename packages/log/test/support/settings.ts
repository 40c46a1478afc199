import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "@oxbow/base";
import type { LogStoreOptions, StorageKind } from "@oxbow/log";
import { nodeHost } from "@oxbow/node-host";
import { simulate } from "@oxbow/testkit";

/** Where a shared suite runs. */
export interface Setting {
  readonly name: string;
  readonly kind: StorageKind;
  /** Gives `body` a host and where to keep a store; everything is gone afterwards. */
  run(body: (host: Host, options: LogStoreOptions) => Promise<void>): Promise<void>;
}

/** Sizes so small that a few messages make journals follow each other and segments fill up. */
export const TINY: { readonly journalSizeMax: number; readonly segmentSizeMax: number } = {
  journalSizeMax: 16 * 1024,
  segmentSizeMax: 1024,
};

export const settings: readonly Setting[] = [
  {
    name: "memory",
    kind: "memory",
    async run(body) {
      const { world, host } = simulate("suite");
      await world.play(() => body(host, { directory: undefined }));
    },
  },
  {
    name: "files on a simulated disk",
    kind: "file",
    async run(body) {
      const { world, host } = simulate("suite");
      await world.play(() => body(host, { directory: "/data", ...TINY }));
    },
  },
  {
    name: "files on the machine's disk",
    kind: "file",
    async run(body) {
      const directory = await mkdtemp(join(tmpdir(), "oxbow-log-"));
      try {
        await body(nodeHost(), { directory, ...TINY });
      } finally {
        await rm(directory, { recursive: true });
      }
    },
  },
];
