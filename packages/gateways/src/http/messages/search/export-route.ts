import { Readable } from "node:stream";
import type { Clock } from "@oxbow/base";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ReplayedMessage, Station } from "oxbow/internal";
import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import { callerOf } from "../../access/request-caller.ts";
import { apiPath } from "../../api/api-path.ts";
import { problems } from "../../api/shapes/problem.ts";
import { httpError } from "../../errors.ts";
import { explained } from "../../problems/explained.ts";
import { messagePage } from "../message-page.ts";
import { ShownMessages, shownFields } from "../shown-message.ts";
import { StoredMessages } from "../stored-messages.ts";
import { type ExportFormat, headOf, noteOf, rowOf } from "./export-rows.ts";
import { openSearch } from "./open-search.ts";
import { searchLimits } from "./search-limits.ts";
import { searchFields } from "./search-query.ts";
import type { SearchSeats } from "./search-seats.ts";

const { exportMessagesMax, exportBytesMax, picksMax } = searchLimits;

const query = z.strictObject({
  ...searchFields,
  decode: shownFields.decode,
  format: z.enum(["ndjson", "csv"]).default("ndjson"),
  limit: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(exportMessagesMax)
    .default(10_000)
    .describe("Messages at most."),
  pick: z
    .string()
    .regex(
      /^\d{1,5}:\d{1,16}(?:,\d{1,5}:\d{1,16})*$/,
      "write partition:sequence, with commas between",
    )
    .optional()
    .describe(
      "Only these messages, `partition:sequence` with commas between; nothing is searched.",
    ),
});
type ExportQuery = z.infer<typeof query>;

/** Messages to be saved, for who has the right to take them away. */
export function registerExport(app: FastifyInstance, clock: Clock, seats: SearchSeats): void {
  app.get(`${apiPath}/stations/:station/export`, {
    schema: {
      ...{ operationId: "message.export", tags: ["message"] },
      summary: "Downloads what a search finds, as NDJSON or CSV, for who may export.",
      description: `At most ${exportMessagesMax} messages, and payloads of ${exportBytesMax / 2 ** 20} MiB: where it ends before, the last line says so (\`cut\`). It is recorded who has downloaded. In CSV, texts that spreadsheets take for formulas have an apostrophe before them.`,
      params: z.object({ station: z.string().min(1).max(512) }),
      querystring: query,
      produces: ["application/x-ndjson", "text/csv"],
      response: problems,
    } as object,
    handler: async (request, reply) => {
      const asked = request.query as ExportQuery;
      const caller = callerOf(request);
      const seat = seats.take();
      try {
        const rows = await open(
          caller,
          stationOf(request),
          asked,
          clock,
          () => reply.raw.destroyed,
        );
        const { format } = asked;
        const type = format === "csv" ? "text/csv" : "application/x-ndjson";
        void reply
          .type(`${type}; charset=utf-8`)
          .header("Content-Disposition", `attachment; filename="messages.${format}"`);
        reply.raw.once("close", () => seat[Symbol.dispose]());
        return reply.send(Readable.from(rows));
      } catch (error) {
        seat[Symbol.dispose]();
        throw error;
      }
    },
  });
}

/** What is refused is refused before the answer begins. */
async function open(
  caller: Caller,
  name: string,
  { format, limit, decode, pick, ...asked }: ExportQuery,
  clock: Clock,
  isLeft: () => boolean,
): Promise<AsyncGenerator<string>> {
  const { control, connection } = caller;
  const picks = pick?.split(",").map((text) => text.split(":").map(Number) as [number, number]);
  if (picks !== undefined && picks.length > picksMax) {
    throw httpError("HTTP_REQUEST_INVALID", `pick: at most ${picksMax} messages`);
  }
  const { search, station } = await openSearch(caller, name, asked, limit, clock);
  await control.call("station.export", { station: station.name }, { format, limit });
  const shown = new ShownMessages(control, { decode });
  if (picks !== undefined) {
    const stored = await StoredMessages.open(connection);
    return lines(format, picked(stored, station, picks), shown);
  }
  await search.begin(station);
  return lines(format, search.run(isLeft), shown);
}

async function* picked(
  stored: StoredMessages,
  station: Station,
  picks: readonly (readonly [number, number])[],
): AsyncGenerator<ReplayedMessage<unknown>> {
  for (const [partition, sequence] of picks) {
    const question = { order: "oldest", limit: 1, partition, sequence } as const;
    const { messages } = await messagePage(stored, station, question);
    const [message] = messages;
    if (message?.sequence === sequence) yield message;
  }
}

async function* lines(
  format: ExportFormat,
  messages: AsyncGenerator<ReplayedMessage<unknown>, unknown>,
  shown: ShownMessages,
): AsyncGenerator<string> {
  yield headOf(format);
  let bytes = 0;
  try {
    for (;;) {
      const step = await messages.next();
      if (step.done === true) {
        if (step.value === "scanned") {
          yield noteOf(format, `more than ${searchLimits.scannedMax} messages were looked at`);
        }
        return;
      }
      bytes += step.value.data.length;
      if (bytes > exportBytesMax) {
        yield noteOf(format, `a download has at most ${exportBytesMax / 2 ** 20} MiB`);
        return;
      }
      yield rowOf(format, await shown.body(step.value));
    }
  } catch (error) {
    yield noteOf(format, explained(error as Error).error.message);
  }
}

function stationOf({ params }: FastifyRequest): string {
  return (params as { readonly station: string }).station;
}
