import { type BenchCase, STREAM, SUBJECTS, sizeLabel } from "./case.ts";
import { measureLoad } from "./measure-load.ts";

const WINDOW = 1000;

interface DurableCase {
  name: string;
  title: string;
  payloadSize: number;
  connectionCount: number;
  window: number;
}

function durableCase(options: DurableCase): BenchCase {
  const { payloadSize, connectionCount, window } = options;
  return {
    name: options.name,
    title: options.title,
    group: "rate",
    isDurablePublish: true,
    countsSyncs: true,
    run: (environment) =>
      measureLoad(environment, {
        counted: "durable-publisher",
        prepare: (admin) => admin.createStreams([{ name: STREAM, subjects: ["bench.*"] }]),
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
];
