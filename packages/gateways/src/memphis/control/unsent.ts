import { z } from "zod";
import type { ControlContext } from "./context.ts";
import { decodeHex } from "./hex-text.ts";
import { mayPublish } from "./may-publish.ts";
import { memphisName } from "./names.ts";
import { readRequest } from "./read-request.ts";
import { Refusal } from "./refusal.ts";

const shape = z.object({
  station_name: z.string(),
  producer: z.object({ name: z.string().nullish() }).nullish(),
  message: z.object({
    data: z.string().nullish(),
    headers: z.record(z.string(), z.string()).nullish(),
  }),
  validation_error: z.string().nullish(),
});

/**
 * Keeps what an SDK did not send, since it does not fit the schema, as a dead letter. Only who may publish to a station
 * can have it hold dead letters.
 */
export async function keepUnsent(context: ControlContext, body: Buffer): Promise<undefined> {
  const { platform, graveyard, user } = context;
  const { station_name: given, message, producer, validation_error } = readRequest(shape, body);
  const station = memphisName("Station", given.replaceAll("#", "."));
  const subject = `${station.replaceAll(".", "#")}.final`;
  if (!(await mayPublish(await platform.connection(), subject))) {
    throw new Refusal(`user ${user} may not publish to station ${station}`);
  }
  const names = /^[^\r\n:]+$/;
  await graveyard.refused({
    station,
    error: validation_error ?? "",
    producer: producer?.name ?? "",
    headers: Object.entries(message.headers ?? {}).filter(([name]) => names.test(name)),
    payload: decodeHex(message.data ?? ""),
  });
  return undefined;
}
