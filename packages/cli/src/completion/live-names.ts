import type { ClientOptions } from "../client/options.ts";

/** What has names that somebody has given. */
export type NameKind =
  | "station"
  | "group"
  | "schema"
  | "tenant"
  | "user"
  | "context"
  | "stream"
  | "consumer";

/** What is known of the line so far. */
export interface NameScope {
  /** Of the command line: a server or a context among them. */
  readonly options: ClientOptions & { readonly tenant?: string };
  /** The first name on the line: the station of a group, the stream of a consumer. */
  readonly parent: string | undefined;
}

/** A shell waits for no server longer. */
const timeoutMs = 1_000;
/** Nobody reads more of them. */
const namesMax = 1_000;

/** Names that there are now; none if they can't be had at once. */
export async function liveNames(kind: NameKind, scope: NameScope): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), timeoutMs);
  });
  try {
    return await Promise.race([namesOf(kind, scope), late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

async function namesOf(kind: NameKind, { options, parent }: NameScope): Promise<string[]> {
  if (kind === "context") {
    const { ContextStore } = await import("../contexts/context-store.ts");
    return new ContextStore().names();
  }
  const connection = { ...options, timeout: timeoutMs };
  if (kind === "stream" || kind === "consumer") return namesOfStreams(kind, connection, parent);
  const { withControl } = await import("../platform/control.ts");
  return withControl(connection, "oxbow completion", async (control) => {
    const limit = namesMax;
    const { tenant } = options;
    const named = async (page: Promise<{ readonly items: readonly { name: string }[] }>) =>
      (await page).items.map(({ name }) => name);
    switch (kind) {
      case "station":
        return named(control.call("station.list", {}, { limit }));
      case "group":
        if (parent === undefined) return [];
        return named(control.call("group.list", {}, { limit, station: parent }));
      case "schema":
        return named(control.call("schema.list", {}, { limit }));
      case "tenant":
        return named(control.call("tenant.list", {}, { limit }));
      case "user":
        return named(
          control.call("user.list", {}, { limit, ...(tenant !== undefined && { tenant }) }),
        );
    }
  });
}

async function namesOfStreams(
  kind: "stream" | "consumer",
  options: ClientOptions,
  parent: string | undefined,
): Promise<string[]> {
  const [{ withConnection }, { jetstreamManager }] = await Promise.all([
    import("../client/connect.ts"),
    import("@nats-io/jetstream"),
  ]);
  return withConnection(options, "oxbow completion", async (connection) => {
    const { streams, consumers } = await jetstreamManager(connection, { timeout: timeoutMs });
    if (kind === "stream") return await streams.names().next();
    if (parent === undefined) return [];
    return (await consumers.list(parent).next()).map(({ name }) => name);
  });
}
