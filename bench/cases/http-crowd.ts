import type { RoleOptions } from "../load/protocol.ts";
import type { BenchCase } from "./case.ts";
import { measureLoad, type PlannedRole } from "./measure-load.ts";
import { createStation } from "./station-setup.ts";

const STATION = "bench";
const PAYLOAD_SIZE = 128;
/** Messages a second: few enough that latency means something, and many for those who look on. */
const RATE = 5_000;

function crowdCase(name: string, title: string, slowCount: number, tailCount: number): BenchCase {
  return {
    name: `http-crowd.${name}`,
    title: `durable publish latency at ${RATE.toLocaleString("en")} msg/s, ${PAYLOAD_SIZE} B, ${title}`,
    group: "latency",
    isDurablePublish: false,
    needsHttp: true,
    async run(environment) {
      const publisher: RoleOptions["open-loop-publisher"] = {
        port: 0,
        payloadSize: PAYLOAD_SIZE,
        stream: { name: STATION, subjects: [`${STATION}.1`] },
        rate: RATE,
      };
      const measurement = await measureLoad(environment, {
        counted: "open-loop-publisher",
        prepare: (admin) => createStation(admin, environment.server.hasPlatform, STATION),
        roles: (port, httpPort) => {
          const crowd = { port: httpPort, station: STATION, slowCount, tailCount };
          const roles: PlannedRole[] = [
            { name: "open-loop-publisher", options: { ...publisher, port } },
          ];
          if (slowCount + tailCount > 0) roles.unshift({ name: "http-crowd", options: crowd });
          return roles;
        },
      });
      return { ...measurement, targetRate: RATE };
    },
  };
}

/** What publishers notice of those who come over HTTP and ask for little. */
export const httpCrowdCases: readonly BenchCase[] = [
  crowdCase("alone", "nobody else there", 0, 0),
  crowdCase("both", "1,000 slow connections and 200 live tails over HTTP", 1_000, 200),
];
