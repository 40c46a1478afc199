import type { NatsConnection } from "@nats-io/nats-core";
import type { Page } from "oxbow/control";
import { z } from "zod";
import type { ObjectBody } from "../contract/index.ts";
import { FirstByName } from "../first-by-name.ts";
import { bucketScan } from "../kv/bucket-scan.ts";

/** What stands in the message that describes an object (ADR-20), as far as it matters here. */
const description = z.object({
  name: z.string(),
  description: z.string().catch(""),
  size: z.number().catch(0),
  mtime: z.string().catch(""),
  digest: z.string().catch(""),
  deleted: z.boolean().catch(false),
  headers: z.record(z.string(), z.array(z.string())).catch({}),
  options: z
    .object({ link: z.object({ bucket: z.string(), name: z.string().optional() }).optional() })
    .catch({}),
});

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
  for await (const { data, seq, time } of scan) {
    const object = read(data, seq, time);
    if (object?.name.includes(search) === true) page.offer(object);
  }
  return page.page();
}

function read(data: Uint8Array, revision: number, stored: Date): ObjectBody | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(data).toString());
  } catch {
    return undefined;
  }
  const result = description.safeParse(parsed);
  if (!result.success || result.data.deleted) return undefined;
  const { name, size, mtime, digest, headers, options, ...rest } = result.data;
  const type = Object.entries(headers).find(([each]) => each.toLowerCase() === "content-type");
  const time = new Date(mtime);
  return {
    name,
    description: rest.description,
    bytes: size,
    time: (Number.isNaN(time.getTime()) ? stored : time).toISOString(),
    contentType: type?.[1][0] ?? null,
    digest,
    revision,
    link: options.link ? { bucket: options.link.bucket, name: options.link.name ?? null } : null,
  };
}
