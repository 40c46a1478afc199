import type { RoleReport } from "../load/protocol.ts";
import { type BenchCase, STREAM, SUBJECTS } from "./case.ts";
import { measureLoad, type PlannedRole } from "./measure-load.ts";

const PAYLOAD_SIZE = 128;
/** The largest atomic batch that a server takes by default. */
const BATCH_SIZE = 1000;
/** Batches under way: one is read while the one before is committed. */
const BATCH_WINDOW = 2;
/** Messages between two acknowledgements of a fast batch: as many as a server allows. */
const FLOW = 500;

function batchCase(
  name: string,
  title: string,
  config: { allow_atomic?: boolean; allow_batched?: boolean },
  role: (port: number) => PlannedRole,
): BenchCase {
  return {
    name,
    title,
    group: "rate",
    isDurablePublish: true,
    countsSyncs: true,
    run: (environment) =>
      measureLoad(environment, {
        counted: role(0).name,
        prepare: (admin) =>
          admin.createStreams([{ name: STREAM, subjects: ["bench.*"], ...config }]),
        roles: (port) => [role(port)],
        async verify(admin, reports) {
          const { total } = reports.get(role(0).name) as RoleReport;
          const { messages } = await admin.streamState(STREAM);
          if (messages !== total) throw new Error(`${messages} stored, ${total} acknowledged`);
        },
      }),
  };
}

const stream = { name: STREAM, subjects: SUBJECTS };

/** Publishing many messages with few acknowledgements (ADR-50). */
export const batchCases: readonly BenchCase[] = [
  batchCase(
    "batch.atomic.128",
    `atomic batches of ${BATCH_SIZE}, ${BATCH_WINDOW} outstanding, 128 B`,
    { allow_atomic: true },
    (port) => ({
      name: "batch-publisher",
      options: {
        port,
        payloadSize: PAYLOAD_SIZE,
        stream,
        batchSize: BATCH_SIZE,
        window: BATCH_WINDOW,
      },
    }),
  ),
  batchCase(
    "batch.fast.128",
    `fast ingest, an acknowledgement for ${FLOW}, 2 outstanding, 128 B`,
    { allow_batched: true },
    (port) => ({
      name: "fast-publisher",
      options: { port, payloadSize: PAYLOAD_SIZE, stream, flow: FLOW, window: 2 },
    }),
  ),
];
