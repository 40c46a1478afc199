import { type BenchCase, STREAM, SUBJECTS, sizeLabel } from "./case.ts";
import { measureLoad } from "./measure-load.ts";
import { createOrderSchema, expectRefusal, takeOrdersOnly } from "./station-setup.ts";

const WINDOW = 1000;

interface DurableCase {
  name: string;
  title: string;
  payloadSize: number;
  connectionCount: number;
  window: number;
  /** Messages are JSON, and checked against a schema if it is so and the server can. */
  schema?: "none" | "enforced";
}

function durableCase(options: DurableCase): BenchCase {
  const { payloadSize, connectionCount, window, schema } = options;
  return {
    name: options.name,
    title: options.title,
    group: "rate",
    isDurablePublish: true,
    countsSyncs: true,
    run: (environment) =>
      measureLoad(environment, {
        counted: "durable-publisher",
        async prepare(admin) {
          await admin.createStreams([{ name: STREAM, subjects: ["bench.*"] }]);
          if (schema !== "enforced" || !environment.server.hasPlatform) return;
          await createOrderSchema(admin);
          await takeOrdersOnly(admin, STREAM);
          await expectRefusal(admin, SUBJECTS[0] as string);
        },
        roles: (port) => [
          {
            name: "durable-publisher",
            options: {
              port,
              payloadSize,
              connectionCount,
              window,
              streams: [{ name: STREAM, subjects: SUBJECTS }],
              limit: 0,
              ...(schema !== undefined && { payloadKind: "json" }),
            },
          },
        ],
        async verify(admin, reports) {
          const acked = reports.get("durable-publisher")?.total;
          const { messages } = await admin.streamState(STREAM);
          if (messages !== acked) throw new Error(`${messages} stored, ${acked} acknowledged`);
        },
      }),
  };
}

/** The case that other cases take their rates from. */
export const REFERENCE_CASE = "durable.async.128";

/** Publishing with acknowledgements to one stream. */
export const durableCases: readonly BenchCase[] = [
  ...[16, 128, 1024, 16 * 1024].map((payloadSize) =>
    durableCase({
      name: `durable.async.${payloadSize}`,
      title: `durable publish, ${WINDOW} outstanding, ${sizeLabel(payloadSize)}`,
      payloadSize,
      connectionCount: 1,
      window: WINDOW,
    }),
  ),
  durableCase({
    name: "durable.single.128",
    title: "durable publish, one at a time, 128 B",
    payloadSize: 128,
    connectionCount: 1,
    window: 1,
  }),
  durableCase({
    name: "durable.100x1.128",
    title: "durable publish, 100 connections one at a time, 128 B",
    payloadSize: 128,
    connectionCount: 100,
    window: 1,
  }),
  durableCase({
    name: "durable.json.256",
    title: `durable publish, ${WINDOW} outstanding, JSON of 256 B`,
    payloadSize: 256,
    connectionCount: 1,
    window: WINDOW,
    schema: "none",
  }),
  durableCase({
    name: "durable.schema.256",
    title: `durable publish, ${WINDOW} outstanding, JSON of 256 B, Oxbow checks it`,
    payloadSize: 256,
    connectionCount: 1,
    window: WINDOW,
    schema: "enforced",
  }),
];
