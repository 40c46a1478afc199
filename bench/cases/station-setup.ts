import { readSettings, streamOf } from "oxbow/internal";
import type { Admin } from "../load/admin.ts";
import { orderSchema } from "../load/orders.ts";

const SCHEMA = "order";

/** Makes a station; where there is no platform, the stream that it would be. */
export async function createStation(
  admin: Admin,
  hasPlatform: boolean,
  name: string,
): Promise<void> {
  if (hasPlatform) await admin.request(`$OXBOW.API.STATION.CREATE.${name}`, {});
  else await admin.request(`$JS.API.STREAM.CREATE.${name}`, streamOf(name, readSettings({}), 1));
}

/** Makes a group of a station; where there is no platform, the consumer that it would be. */
export async function createGroup(
  admin: Admin,
  hasPlatform: boolean,
  station: string,
  group: string,
  maxInFlight: number,
): Promise<void> {
  if (!hasPlatform) await admin.createPullConsumer(station, group, maxInFlight);
  else await admin.request(`$OXBOW.API.GROUP.CREATE.${station}.${group}`, { maxInFlight });
}

export async function createOrderSchema(admin: Admin): Promise<void> {
  const schema = { format: "json", text: JSON.stringify(orderSchema) };
  await admin.request(`$OXBOW.API.SCHEMA.CREATE.${SCHEMA}`, schema);
}

/** Has a station take nothing but orders. */
export async function takeOrdersOnly(admin: Admin, station: string): Promise<void> {
  const attachment = { schema: SCHEMA, mode: "enforce" };
  await admin.request(`$OXBOW.API.ATTACHMENT.SET.${station}`, attachment);
}

/** @throws Error if what is no order is taken on `subject` */
export async function expectRefusal(admin: Admin, subject: string): Promise<void> {
  const outcome = await admin.request(subject, { id: "one" }).then(
    () => "taken",
    (error: Error) => error.message,
  );
  if (!outcome.includes("(20001)")) throw new Error(`a message that does not fit: ${outcome}`);
}
