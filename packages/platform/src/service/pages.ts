import { apiError, type NameFilter, type Page, type PageRequest } from "oxbow/control";
import { serviceLimits } from "./limits.ts";

const itemsDefault = 100;
/** What of an answer is not the items. */
const frameBytes = 1_024;

/**
 * Part of a list, in the order of the keys, as large as an answer may be.
 *
 * @param keyOf - Different for each item.
 * @param bytesMax - Of the answer.
 * @throws OxbowError `API_ANSWER_TOO_LARGE` if not even one item fits
 */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { after, limit = itemsDefault }: PageRequest,
  bytesMax: number,
): Page<Item> {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  const rest = after === undefined ? keyed : keyed.filter(({ key }) => key > after);
  const page: Item[] = [];
  let bytes = frameBytes + (rest[0]?.key.length ?? 0);
  for (const { item } of rest.slice(0, Math.min(limit, serviceLimits.pageItemsMax))) {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes > bytesMax) break;
    page.push(item);
  }
  if (page.length === 0 && rest.length > 0) {
    const text = `the next item of the list is larger than a message can be (${bytesMax} bytes): raise the server's max_payload`;
    throw apiError("API_ANSWER_TOO_LARGE", text);
  }
  const last = rest[page.length - 1];
  const isWhole = page.length === rest.length;
  return { items: page, total: items.length, next: isWhole ? null : (last?.key ?? null) };
}

/** Whether what has a name is looked for. */
export function isNamed({ search }: NameFilter): (item: { readonly name: string }) => boolean {
  const part = search?.trim().toLowerCase() ?? "";
  return ({ name }) => part === "" || name.toLowerCase().includes(part);
}
