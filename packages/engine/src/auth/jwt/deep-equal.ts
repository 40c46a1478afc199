/** Whether two values that were made by the same code from JSON are the same, member by member in their order. */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a, writeBigInt) === JSON.stringify(b, writeBigInt);
}

function writeBigInt(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
