import type { AccountJetStreamLimits, AccountOptions } from "@oxbow/engine";
import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import type { Mutable } from "./draft.ts";
import { aliases, type Fields, type Reading, readMap } from "./reading.ts";
import { boolean, integer, oneOf, readText, unfit } from "./values.ts";

type LimitsDraft = Partial<Mutable<AccountJetStreamLimits>>;

export const accountJetStreamFields: Fields<LimitsDraft> = {
  ...aliases(
    ["max_memory", "max_mem", "mem", "memory"],
    integer((limits, value) => {
      limits.memoryBytesMax = value;
    }),
  ),
  ...aliases(
    ["max_store", "max_file", "max_disk", "store", "disk"],
    integer((limits, value) => {
      limits.storageBytesMax = value;
    }),
  ),
  ...aliases(
    ["max_streams", "streams"],
    integer((limits, value) => {
      limits.streamsMax = value;
    }),
  ),
  ...aliases(
    ["max_consumers", "consumers"],
    integer((limits, value) => {
      limits.consumersMax = value;
    }),
  ),
  ...aliases(
    ["max_bytes_required", "max_stream_bytes", "max_bytes"],
    boolean((limits, value) => {
      limits.requiresMaxBytes = value;
    }),
  ),
  ...aliases(
    ["mem_max_stream_bytes", "memory_max_stream_bytes"],
    integer((limits, value) => {
      limits.memoryStreamBytesMax = value;
    }),
  ),
  ...aliases(
    ["disk_max_stream_bytes", "store_max_stream_bytes"],
    integer((limits, value) => {
      limits.storageStreamBytesMax = value;
    }),
  ),
  max_ack_pending: integer((limits, value) => {
    limits.ackPendingMax = value;
  }),
  // It says which account the traffic between the servers of a cluster goes through; there is none on one node.
  cluster_traffic: oneOf({ system: true, owner: true, "": true }, () => {}),
};

/** `jetstream` of an account: a truth value, `enabled` or `disabled`, or limits. */
export function readAccountJetStream(
  value: ConfValue,
  reading: Reading,
): AccountOptions["jetstream"] {
  switch (value.kind) {
    case "boolean":
      return value.value;
    case "string": {
      const word = readText(value, "jetstream").toLowerCase();
      if (word === "enabled" || word === "enable") return true;
      if (word === "disabled" || word === "disable") return false;
      throw unfit(value, `Expected 'enabled' or 'disabled' for string value, got '${value.value}'`);
    }
    case "map": {
      const limits: LimitsDraft = {};
      readMap(value.entries, accountJetStreamFields, limits, reading);
      return limits;
    }
    default:
      throw unfit(
        value,
        `Expected map, bool or string to define JetStream, got ${describeConfKind(value)}`,
      );
  }
}
