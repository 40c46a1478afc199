import { type CipherName, defaultJetStream, type JetStreamOptions } from "@oxbow/engine";
import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import type { ConfigDraft, Mutable } from "./draft.ts";
import { aliases, type Field, type Fields, type Reading, readMap } from "./reading.ts";
import { readStorageSize } from "./storage-size.ts";
import { unsupported, withoutEffect } from "./unsupported.ts";
import {
  boolean,
  integer,
  readDurationText,
  readMapValue,
  readText,
  text,
  unfit,
} from "./values.ts";

/** Sync every two minutes is what nats-server does if nobody says otherwise; Oxbow syncs before it acknowledges. */
const sync: Field<ConfigDraft> = (draft, value, _reading, entry) => {
  if (value.kind === "string" && value.value.toLowerCase() === "always") {
    draft.sync = { mode: "always" };
    return;
  }
  const intervalMs =
    value.kind === "integer" ? value.value * 1000 : readDurationText(value, entry.key);
  draft.sync = { mode: "interval", intervalMs: Math.max(1, Math.round(intervalMs)) };
};

/** Limits of atomic and of fast batches, which have their open ones in common. */
interface BatchLimits {
  readonly atomic: Mutable<JetStreamOptions["batch"]>;
  readonly fast: Mutable<JetStreamOptions["fastBatch"]>;
}

/** What is not above zero leaves the defaults. */
const batchFields: Fields<BatchLimits> = {
  max_inflight_per_stream: integer(({ atomic, fast }, value) => {
    if (value <= 0) return;
    atomic.perStreamMax = value;
    fast.perStreamMax = value;
  }),
  max_inflight_total: integer(({ atomic, fast }, value) => {
    if (value <= 0) return;
    atomic.totalMax = value;
    fast.totalMax = value;
  }),
  max_msgs: integer(({ atomic }, value) => {
    if (value > 0) atomic.messagesMax = value;
  }),
  timeout: ({ atomic }, value, _reading, entry) => {
    const timeoutMs = readDurationText(value, entry.key);
    if (timeoutMs > 0) atomic.timeoutMs = Math.max(1, Math.round(timeoutMs));
  },
};

const oneNode = "it is for clusters, and Oxbow is one node";

export const jetstreamLimitFields: Fields<ConfigDraft> = {
  max_ack_pending: integer((draft, value) => {
    draft.jetstream.ackPendingMax = value > 0 ? value : -1;
  }),
  max_request_batch: integer((draft, value) => {
    draft.jetstream.requestBatchMax = value > 0 ? value : -1;
  }),
  duplicate_window: (draft, value, _reading, entry) => {
    draft.jetstream.duplicateWindowMsMax = readDurationText(value, entry.key);
  },
  max_ha_assets: withoutEffect(oneNode),
  batch: (draft, value, reading, entry) => {
    const limits = {
      atomic: { ...defaultJetStream.batch },
      fast: { ...defaultJetStream.fastBatch },
    };
    readMap(readMapValue(value, entry.key), batchFields, limits, reading);
    draft.jetstream.batch = limits.atomic;
    draft.jetstream.fastBatch = limits.fast;
  },
};

const ciphers: ReadonlyMap<string, CipherName> = new Map([
  ["chacha", "chacha20-poly1305"],
  ["chachapoly", "chacha20-poly1305"],
  ["aes", "aes-256-gcm"],
]);

export const jetstreamFields: Fields<ConfigDraft> = {
  ...aliases(
    ["enable", "enabled"],
    boolean((draft, value) => {
      draft.isJetStreamOn = value;
    }),
  ),
  strict: boolean((draft, value) => {
    draft.jetstream.isStrict = value;
  }),
  ...aliases(["store", "store_dir", "storedir"], storeDirectory),
  ...aliases(["sync", "sync_interval"], sync),
  ...aliases(["max_memory_store", "max_mem_store", "max_mem"], (draft, value) => {
    draft.jetstream.memoryBytesMax = readStorageSize(value, "max_mem_store");
  }),
  ...aliases(["max_file_store", "max_file"], (draft, value) => {
    draft.jetstream.storageBytesMax = readStorageSize(value, "max_file_store");
  }),
  domain: text((draft, value) => {
    draft.jetstream.domain = value;
  }),
  limits: (draft, value, reading, entry) =>
    readMap(readMapValue(value, entry.key), jetstreamLimitFields, draft, reading),
  ...aliases(
    ["key", "ek", "encryption_key"],
    text((draft, value) => {
      draft.encryption.key = value;
    }),
  ),
  ...aliases(
    ["prev_key", "prev_ek", "prev_encryption_key"],
    text((draft, value) => {
      draft.encryption.previousKey = value;
    }),
  ),
  cipher: (draft, value, _reading, entry) => {
    const name = readText(value, entry.key);
    const cipher = ciphers.get(name.toLowerCase());
    if (cipher === undefined) throw unfit(value, `Unknown cipher type: "${name}"`);
    draft.encryption.cipher = cipher;
  },
  tpm: unsupported("there are no keys to seal"),
  max_buffered_size: (draft, value, _reading, entry) => {
    draft.jetstream.bufferedBytesMax = Math.max(0, readStorageSize(value, entry.key));
  },
  max_buffered_msgs: integer((draft, value) => {
    draft.jetstream.bufferedMessagesMax = Math.max(0, value);
  }),
  ...aliases(["extension_hint", "unique_tag", "max_outstanding_catchup"], withoutEffect(oneNode)),
  ...aliases(["meta_compact", "meta_compact_size", "meta_compact_sync"], withoutEffect(oneNode)),
  max_concurrent_io: withoutEffect("all streams share one journal and its writes"),
  info_queue_limit: withoutEffect("request_queue_limit bounds all requests to the API"),
  request_queue_limit: integer((draft, value) => {
    if (value > 0) draft.jetstream.requestQueueMax = value;
  }),
};

/** `store_dir`, which stands in the `jetstream` block or at the top, not in both. */
export function storeDirectory(draft: ConfigDraft, value: ConfValue): void {
  if (draft.storeDirectory !== undefined) throw unfit(value, "Duplicate 'store_dir' configuration");
  if (value.kind !== "string") {
    throw unfit(value, `store_dir needs a string, not ${describeConfKind(value)}`);
  }
  draft.storeDirectory = value.value;
}

const words: Readonly<Record<string, boolean>> = {
  enabled: true,
  enable: true,
  disabled: false,
  disable: false,
};

/** `jetstream: true`, `jetstream: enabled`, or `jetstream { … }`. */
export function readJetStream(draft: ConfigDraft, value: ConfValue, reading: Reading): void {
  switch (value.kind) {
    case "boolean":
      draft.isJetStreamOn = value.value;
      return;
    case "string": {
      const word = value.value.toLowerCase();
      if (!Object.hasOwn(words, word)) {
        throw unfit(
          value,
          `Expected 'enabled' or 'disabled' for string value, got '${value.value}'`,
        );
      }
      draft.isJetStreamOn = words[word] as boolean;
      return;
    }
    case "map":
      draft.isJetStreamOn = true;
      readMap(value.entries, jetstreamFields, draft, reading);
      return;
    default:
      throw unfit(
        value,
        `Expected map, bool or string to define JetStream, got ${describeConfKind(value)}`,
      );
  }
}
