/** What stands behind the `?` of a page's address, as texts: other fields, and what is no text, are left out. */
export function textsOf<Name extends string>(
  ...names: readonly Name[]
): (search: Readonly<Record<string, unknown>>) => { readonly [Each in Name]?: string } {
  return (search) =>
    Object.fromEntries(
      names
        .map((name) => [name, search[name]] as const)
        // An address that somebody has written says `user=7`, which the router takes for a number.
        .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
        .map(([name, value]) => [name, String(value)]),
    ) as { [Each in Name]?: string };
}
