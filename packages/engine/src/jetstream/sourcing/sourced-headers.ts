import { appendHeaders, HeaderScanner, removeHeader } from "@oxbow/wire/nats";
import type { Arrival } from "../ingest/arrival.ts";
import { headerName } from "../stream/publish-headers.ts";

const PREFIXES: readonly Buffer[] = ["Nats-Expected-", "Nats-Batch-"].map((text) =>
  Buffer.from(text),
);
const SOURCE = headerName("streamSource");
const scanner = new HeaderScanner();

/**
 * Takes out of the headers what the publisher asked of the stream that has taken the message first: what it expected, and
 * its place in a batch.
 */
export function dropRequests(arrival: Arrival): void {
  if (arrival.headersSize === 0) return;
  const { payloadBuffer, payloadStart, headersSize } = arrival;
  const names = new Set<string>();
  scanner.reset(payloadBuffer, payloadStart, payloadStart + headersSize);
  while (scanner.nextReserved()) {
    const { nameStart, nameEnd } = scanner;
    const isDropped = PREFIXES.some(
      (prefix) =>
        nameEnd - nameStart >= prefix.length &&
        prefix.compare(payloadBuffer, nameStart, nameStart + prefix.length) === 0,
    );
    if (isDropped) names.add(payloadBuffer.toString("latin1", nameStart, nameEnd));
  }
  if (names.size === 0) return;
  let block = payloadBuffer.subarray(payloadStart, payloadStart + headersSize);
  for (const name of names) block = removeHeader(block, 0, block.length, name);
  arrival.replaceHeaders(block);
}

/** Says in the headers where the message is from, in the place of what they said of that before. */
export function noteSource(arrival: Arrival, source: string): void {
  const { payloadBuffer, payloadStart, headersSize } = arrival;
  const end = payloadStart + headersSize;
  const block = removeHeader(payloadBuffer, payloadStart, end, SOURCE);
  arrival.replaceHeaders(appendHeaders(block, 0, block.length, [[SOURCE, source]]));
}
