import type { NatsConnection } from "@nats-io/nats-core";
import type { Page } from "oxbow/control";
import type { ObjectBody } from "../contract/index.ts";
import { FirstByName } from "../first-by-name.ts";
import { bucketScan } from "../kv/bucket-scan.ts";
import { bodyOf, readRecord } from "./object-record.ts";

/** Which objects are listed. */
interface ObjectQuestion {
  readonly search: string;
  readonly after: string;
  readonly limit: number;
}

/** A page of the objects of a store, by name; no more are held than it has. */
export async function objectPage(
  connection: NatsConnection,
  bucket: string,
  { search, after, limit }: ObjectQuestion,
): Promise<Page<ObjectBody>> {
  const page = new FirstByName<ObjectBody>(after, limit);
  const question = { isLastOnly: true, isWithoutValues: false };
  const subject = `$O.${bucket}.M.>`;
  const scan = bucketScan(connection, { stream: `OBJ_${bucket}`, subject, ...question });
  for await (const message of scan) {
    const record = readRecord(message);
    if (record === undefined || record.document.deleted) continue;
    if (record.document.name.includes(search)) page.offer(bodyOf(record));
  }
  return page.page();
}
