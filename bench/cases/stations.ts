import type { RoleOptions } from "../load/protocol.ts";
import type { BenchCase } from "./case.ts";
import { fill } from "./fill.ts";
import { measureLoad } from "./measure-load.ts";
import { createStation } from "./station-setup.ts";

type Operation = RoleOptions["station-client"]["operation"];

const PAYLOAD_SIZE = 256;
/** Messages produced and not acknowledged. */
const WINDOW = 1000;
/** What {@link SUBJECTS} begin with. */
const STATION = "bench";
const KEY = "1";
/** Messages prepared per second of the run, for the cases that consume; they end early if that is not enough. */
const FILL_RATE = 200_000;

function stationCase(operation: Operation, title: string, needs?: Operation): BenchCase {
  return {
    name: operation,
    title,
    group: "rate",
    isDurablePublish: false,
    ...(needs !== undefined && { needs }),
    run(environment) {
      const seconds = (environment.warmupMs + environment.measureMs) / 1000;
      const isConsuming = operation.endsWith("consume");
      const messageCount = isConsuming ? Math.ceil(seconds * FILL_RATE) : 0;
      return measureLoad(environment, {
        counted: "station-client",
        async prepare(admin, port) {
          await createStation(admin, environment.server.hasPlatform, STATION);
          if (isConsuming) await fill(admin, port, STATION, PAYLOAD_SIZE, messageCount);
        },
        roles: (port) => [
          {
            name: "station-client",
            options: {
              port,
              operation,
              payloadSize: PAYLOAD_SIZE,
              window: WINDOW,
              station: STATION,
              key: KEY,
              messageCount,
            },
          },
        ],
      });
    },
  };
}

/** What the typed client costs beside the official one that it stands on, on the same station. */
export const stationCases: readonly BenchCase[] = [
  stationCase("official.produce", "official client, 1,000 outstanding, 256 B"),
  stationCase("sdk.produce", "typed client, 1,000 outstanding, 256 B", "official.produce"),
  stationCase("official.consume", "official client, acks, 1,000 ahead, 256 B"),
  stationCase("sdk.consume", "typed client, acks, 1,000 ahead, 256 B", "official.consume"),
];
