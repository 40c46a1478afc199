import type { JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Page } from "oxbow/control";
import type { KeyBody } from "../contract/index.ts";
import { FirstByName } from "../first-by-name.ts";
import { bucketScan } from "./bucket-scan.ts";

/** Which keys are listed. */
interface KeyQuestion {
  /** Only those that match, with `*` and `>`. */
  readonly filter: string;
  /** Only those with this in them. */
  readonly search: string;
  /** Those behind this one. */
  readonly after: string;
  readonly limit: number;
}

/**
 * A page of the keys that have a value, by name. All keys are gone through, as there is no order among them in the store; no
 * more are held than the page has.
 */
export async function keyPage(
  connection: NatsConnection,
  bucket: string,
  { filter, search, after, limit }: KeyQuestion,
): Promise<Page<KeyBody>> {
  const page = new FirstByName<KeyBody & { readonly name: string }>(after, limit);
  const prefix = `$KV.${bucket}.`;
  const scan = bucketScan(connection, {
    stream: `KV_${bucket}`,
    subject: `${prefix}${filter}`,
    isLastOnly: true,
    isWithoutValues: true,
  });
  for await (const message of scan) {
    const name = message.subject.slice(prefix.length);
    if (!isGone(message) && name.includes(search)) page.offer({ name, ...keyOf(name, message) });
  }
  const { items, ...rest } = page.page();
  return { ...rest, items: items.map(({ name: _name, ...item }) => item) };
}

function keyOf(key: string, { seq, headers, time }: JsMsg): KeyBody {
  const bytes = Number(headers?.get("Nats-Msg-Size") ?? 0);
  return { key, revision: seq, time: time.toISOString(), bytes };
}

/** Whether the last that was said of a key is that it is deleted, by whoever or by time (ADR-8, ADR-48). */
function isGone({ headers }: JsMsg): boolean {
  return (
    headers !== undefined && (headers.has("KV-Operation") || headers.has("Nats-Marker-Reason"))
  );
}
