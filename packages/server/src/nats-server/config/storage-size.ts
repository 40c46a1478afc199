import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import { unfit } from "./values.ts";

const shifts: Readonly<Record<string, number>> = { K: 10, M: 20, G: 30, T: 40 };

/**
 * Bytes, as the storage limits of nats-server's files are written: a number, or text such as `"10G"` that counts in
 * 1,024s. Empty text is 0.
 */
export function readStorageSize(value: ConfValue, name: string): number {
  if (value.kind === "integer") return value.value;
  if (value.kind !== "string") {
    throw unfit(value, `${name} must be a number or a string, not ${describeConfKind(value)}`);
  }
  if (value.value === "") return 0;
  const match = /^([+-]?\d+)([KMGT])$/.exec(value.value);
  if (match === null) {
    throw unfit(value, `${name} sizes defined as strings must end in K, M, G, T`);
  }
  return Number(match[1]) * 2 ** (shifts[match[2] ?? ""] ?? 0);
}
