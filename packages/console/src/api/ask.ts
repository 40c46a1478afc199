import { problemOf, unreachable } from "./problem.ts";
import { tellServerThere } from "./server-there.ts";

/** Fields of a query; one that has several values stands there as often. */
export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** Told when the server does not know who asks: the session is over. */
let onLoggedOut: () => void = () => undefined;

export function whenLoggedOut(tell: () => void): void {
  onLoggedOut = tell;
}

/** Whether what is refused meanwhile says nothing: the session goes on in another one. */
let isSessionChanging = false;

export async function whileSessionChanges<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  isSessionChanging = true;
  try {
    return await run();
  } finally {
    isSessionChanging = false;
  }
}

/** A path of names that may have any characters. */
export function path(parts: TemplateStringsArray, ...names: readonly (string | number)[]): string {
  return String.raw({ raw: parts }, ...names.map((name) => encodeURIComponent(name)));
}

/** Asks the server this page comes from. @throws ProblemError */
export async function ask<Answer>(
  method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE",
  where: string,
  { body, query = {} }: { readonly body?: unknown; readonly query?: Query } = {},
): Promise<Answer> {
  const said = Object.entries(query).flatMap(([name, value = []]) =>
    [value].flat().map((each) => [name, String(each)]),
  );
  const search = new URLSearchParams(said);
  const response = await fetch(`/api/v1${where}${search.size > 0 ? `?${search}` : ""}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    }),
  }).catch(unreachable);
  tellServerThere(true);
  if (response.ok) return (await response.json().catch(() => ({}))) as Answer;
  if (response.status === 401 && where !== "/session" && !isSessionChanging) onLoggedOut();
  throw await problemOf(response);
}
