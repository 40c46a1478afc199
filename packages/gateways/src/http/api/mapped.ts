/** The same names, each with what its value becomes. */
export function mapped<From, To>(
  of: Readonly<Record<string, From>>,
  to: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, to(value, key)]));
}
