import type { PayloadKind } from "../load/random.ts";
import type { LoadPlan } from "./measure-load.ts";

export const WINDOW = 1000;

/** What is published, and where. */
export interface InTurn {
  readonly streams: readonly { readonly name: string; readonly subjects: readonly string[] }[];
  readonly payloadSize: number;
  readonly payloadKind: PayloadKind;
}

/** Publishing to streams in turn on one connection, with {@link WINDOW} acknowledgements outstanding. */
export function publishInTurn({
  streams,
  payloadSize,
  payloadKind,
}: InTurn): Pick<LoadPlan, "counted" | "roles" | "verify"> {
  const load = { payloadSize, payloadKind, streams, connectionCount: 1, window: WINDOW, limit: 0 };
  return {
    counted: "durable-publisher",
    roles: (port) => [{ name: "durable-publisher", options: { port, ...load } }],
    async verify(admin, reports) {
      const acked = reports.get("durable-publisher")?.total;
      let stored = 0;
      for (const { name } of streams) stored += (await admin.streamState(name)).messages;
      if (stored !== acked) throw new Error(`${stored} stored, ${acked} acknowledged`);
    },
  };
}
