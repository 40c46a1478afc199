import type { RoleOptions } from "../load/protocol.ts";
import { type BenchCase, STREAM } from "./case.ts";
import { fillStream } from "./fill.ts";
import { measureLoad } from "./measure-load.ts";

type Operation = RoleOptions["official-client"]["operation"];

/** Messages prepared per second of the run, for the cases that consume; they end early if that is not enough. */
const FILL_RATE = 250_000;
const MIB = 1024 * 1024;

function officialCase(
  operation: Operation,
  title: string,
  payloadSize: number,
  window: number,
): BenchCase {
  return {
    name: operation,
    title,
    group: "rate",
    isDurablePublish: false,
    run(environment) {
      const seconds = (environment.warmupMs + environment.measureMs) / 1000;
      const isConsuming = operation.startsWith("consume.");
      const messageCount = isConsuming ? Math.ceil(seconds * FILL_RATE) : 0;
      return measureLoad(environment, {
        counted: "official-client",
        async prepare(admin, port) {
          if (isConsuming) await fillStream(admin, port, payloadSize, messageCount);
        },
        roles: (port) => [
          {
            name: "official-client",
            options: { port, operation, payloadSize, window, stream: STREAM, messageCount },
          },
        ],
      });
    },
  };
}

/** What applications do with the official client, whose own cost limits some of it. */
export const officialCases: readonly BenchCase[] = [
  officialCase("consume.push", "push consume without acks, flow control, 128 B", 128, 1),
  officialCase("consume.ordered", "ordered consume, 128 B", 128, 1),
  officialCase("kv.put", "KV put, 100 outstanding, 1,000 keys, 128 B", 128, 100),
  officialCase("kv.get", "KV get, 100 outstanding, 1,000 keys, 128 B", 128, 100),
  officialCase("object.put", "object put of 64 MiB, in MiB", 64 * MIB, 1),
  officialCase("object.get", "object get of 64 MiB, in MiB", 64 * MIB, 1),
];
