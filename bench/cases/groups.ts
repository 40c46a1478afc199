import { verifyAcks } from "./acks.ts";
import type { BenchCase } from "./case.ts";
import { SUBJECTS } from "./case.ts";
import { measureLoad, type PlannedRole } from "./measure-load.ts";
import { createGroup, createStation } from "./station-setup.ts";

/** What {@link SUBJECTS} begin with. */
const STATION = "bench";
const PAYLOAD_SIZE = 256;
const WINDOW = 1000;
/** Messages that each group asks for ahead, and may leave without an acknowledgement. */
const BATCH = 1000;
const IN_FLIGHT_MAX = 10 * BATCH;

/** Who publishes: a plain client that costs next to nothing, or the typed one. */
type Publisher = "plain" | "sdk";

function publisherOf(publisher: Publisher, port: number): PlannedRole {
  const common = { port, payloadSize: PAYLOAD_SIZE, window: WINDOW };
  if (publisher === "sdk") {
    const options = { operation: "sdk.produce", station: STATION, key: "1" } as const;
    return { name: "station-client", options: { ...common, ...options, messageCount: 0 } };
  }
  const streams = [{ name: STATION, subjects: SUBJECTS }];
  const options = { connectionCount: 1, streams, limit: 0 };
  return { name: "durable-publisher", options: { ...common, ...options } };
}

function groupsCase(publisher: Publisher, groupCount: number): BenchCase {
  const groups = Array.from({ length: groupCount }, (_, index) => `g${index + 1}`);
  const who = publisher === "sdk" ? "typed client" : "plain client";
  const whom = groupCount === 1 ? "1 group consumes" : `${groupCount} groups consume`;
  return {
    name: `groups.${publisher}.${groupCount}`,
    title: `${who} publishes, ${WINDOW} outstanding, while ${whom}, ${PAYLOAD_SIZE} B`,
    group: "rate",
    isDurablePublish: false,
    run: (environment) =>
      measureLoad(environment, {
        counted: publisherOf(publisher, 0).name,
        delivered: "pull-consumer",
        async prepare(admin) {
          const { hasPlatform } = environment.server;
          await createStation(admin, hasPlatform, STATION);
          for (const group of groups) {
            await createGroup(admin, hasPlatform, STATION, group, IN_FLIGHT_MAX);
          }
        },
        roles(port) {
          const role = publisherOf(publisher, port);
          if (groupCount === 0) return [role];
          const options = { port, payloadSize: PAYLOAD_SIZE, stream: STATION, consumers: groups };
          return [
            { name: "pull-consumer", options: { ...options, batch: BATCH, messageCount: 0 } },
            role,
          ];
        },
        async verify(admin, reports) {
          const totals = reports.get("pull-consumer")?.totals ?? [];
          for (const [index, total] of totals.entries()) {
            await verifyAcks(admin, STATION, groups[index] as string, total);
          }
        },
      }),
  };
}

/** Publishing to a station that nobody, one group and five groups consume meanwhile, each of them everything. */
export const groupsCases: readonly BenchCase[] = (["plain", "sdk"] as const).flatMap((publisher) =>
  [0, 1, 5].map((groupCount) => groupsCase(publisher, groupCount)),
);
