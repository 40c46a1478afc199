import assert from "node:assert/strict";
import { test } from "node:test";
import { natsServerProgram, oxbowProgram, TestServer } from "@oxbow/testkit/servers";

/** How long a page may take. */
const patienceMs = 10_000;

/** What a page said. */
export interface Shown {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

/** A server whose monitoring is compared. */
export interface Watched {
  readonly server: TestServer;
  /** A page by path and query. */
  page(path: string): Promise<Shown>;
}

/** Members that differ from one run to the next, or from one server to another, and so are compared by type. */
const volatile = new Set([
  "cid",
  ...["server_id", "now", "start", "last_activity", "stop", "rtt", "uptime", "idle", "port"],
  ...["created", "ts", "first_ts", "last_ts", "last_active", "pinned_ts", "pending_bytes"],
  ...["store_dir", "bytes", "storage", "version", "update_time", "id", "seq", "time", "timestamp"],
]);

/** `value` with what is volatile replaced by its type, and with `names` as well. */
export function normalised(value: unknown, names: ReadonlySet<string> = new Set()): unknown {
  if (Array.isArray(value)) return value.map((item) => normalised(item, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) =>
      volatile.has(name) || names.has(name)
        ? [name, typeof member]
        : [name, normalised(member, names)],
    ),
  );
}

/**
 * Declares a test that has the same done to Oxbow and to a real nats-server, both with `config` and monitoring, and
 * demands that `act` returns the same, members in the same order.
 *
 * @param names - What is compared by type beside what always is.
 */
export function bothShow(
  title: string,
  config: string | ((directory: string) => string),
  act: (watched: Watched) => Promise<unknown>,
  names: readonly string[] = [],
): void {
  const peer = natsServerProgram();
  const isRequired = process.env["OXBOW_REQUIRE_PEERS"] === "1";
  const skip = peer === undefined && !isRequired && "no nats-server on PATH";
  test(title, { skip }, async () => {
    assert.ok(peer, "no nats-server on PATH, and OXBOW_REQUIRE_PEERS demands one");
    const [theirs, ours] = await Promise.all(
      [peer, oxbowProgram()].map(async (program) => {
        await using server = await TestServer.start(program, {
          config: (directory) => {
            const more = typeof config === "string" ? config : config(directory);
            return `http: "127.0.0.1:-1"\nserver_name: one\n${more}`;
          },
        });
        const [url = ""] = (await server.urls()).monitoring ?? [];
        const page = (path: string): Promise<Shown> => fetchPage(`${url}${path}`);
        const shown = normalised(await act({ server, page }), new Set(names));
        return JSON.stringify(shown, undefined, 1).split("\n");
      }),
    );
    assert.deepEqual(differences(ours ?? [], theirs ?? []), []);
  });
}

/** The first lines in which two texts differ; comparing long texts whole takes minutes where they do. */
function differences(ours: readonly string[], theirs: readonly string[]): string[] {
  const first = ours.findIndex((line, index) => line !== theirs[index]);
  if (first === -1 && ours.length === theirs.length) return [];
  const from = Math.max(0, (first === -1 ? ours.length : first) - 5);
  const part = (lines: readonly string[]): string[] => lines.slice(from, from + 20);
  return ["OURS", ...part(ours), "THEIRS", ...part(theirs)];
}

async function fetchPage(url: string): Promise<Shown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) }).catch((error) => {
    throw new Error(`no answer from ${url}`, { cause: error });
  });
  const type = response.headers.get("content-type");
  const body: unknown = type === "application/json" ? await response.json() : await response.text();
  return { status: response.status, type, body };
}
