import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "@oxbow/base";
import type { EncryptionOptions, LogStoreOptions, StorageKind } from "@oxbow/log";
import { nodeHost } from "@oxbow/node-host";
import { simulate } from "@oxbow/testkit";

/** Where a shared suite runs. */
export interface Setting {
  readonly name: string;
  readonly kind: StorageKind;
  readonly isCompressed?: boolean;
  /** Gives `body` a host and where to keep a store; everything is gone afterwards. */
  run(body: (host: Host, options: LogStoreOptions) => Promise<void>): Promise<void>;
}

/** Sizes so small that a few messages make journals follow each other and segments fill up. */
export const TINY: { readonly journalSizeMax: number; readonly segmentSizeMax: number } = {
  journalSizeMax: 16 * 1024,
  segmentSizeMax: 1024,
};

/** Locks stores of tests. */
export const ENCRYPTION: EncryptionOptions = {
  cipher: "aes-256-gcm",
  key: Buffer.from("a secret that no test gives away"),
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
    name: "compressed files",
    kind: "file",
    isCompressed: true,
    async run(body) {
      const { world, host } = simulate("suite");
      await world.play(() => body(host, { directory: "/data", ...TINY }));
    },
  },
  {
    name: "encrypted files",
    kind: "file",
    async run(body) {
      const { world, host } = simulate("suite");
      const options = { directory: "/data", ...TINY, encryption: ENCRYPTION };
      await world.play(() => body(host, options));
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
