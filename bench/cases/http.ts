import type { RoleOptions } from "../load/protocol.ts";
import type { BenchCase } from "./case.ts";
import { measureLoad } from "./measure-load.ts";
import { createStation } from "./station-setup.ts";

type Form = RoleOptions["http-producer"]["form"];

const STATION = "bench";
const PAYLOAD_SIZE = 128;
const CONNECTIONS = 64;

function httpCase(form: Form, batchSize: number, title: string): BenchCase {
  return {
    name: `http.${form}`,
    title: `${title}, ${CONNECTIONS} connections, ${PAYLOAD_SIZE} B`,
    group: "rate",
    isDurablePublish: false,
    needsHttp: true,
    run(environment) {
      return measureLoad(environment, {
        counted: "http-producer",
        prepare: (admin) => createStation(admin, environment.server.hasPlatform, STATION),
        roles: (_port, port) => [
          {
            name: "http-producer",
            options: {
              port,
              station: STATION,
              payloadSize: PAYLOAD_SIZE,
              connectionCount: CONNECTIONS,
              batchSize,
              form,
            },
          },
        ],
        async verify(admin, reports) {
          const { messages } = await admin.streamState(STATION);
          const total = reports.get("http-producer")?.total;
          if (messages !== total) throw new Error(`${messages} messages are there, not ${total}`);
        },
      });
    },
  };
}

/** Messages over HTTP, where 2xx says that they are kept. */
export const httpCases: readonly BenchCase[] = [
  httpCase("single", 1, "produce over HTTP"),
  httpCase("ndjson", 100, "produce over HTTP, 100 lines a request"),
  httpCase("json", 100, "produce over HTTP, 100 in a JSON list a request"),
];
