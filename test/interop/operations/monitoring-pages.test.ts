import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { bothShow, type Shown, type Watched } from "../support/monitoring.ts";

const accounts = `
  jetstream { max_mem: 100M, max_file: 1G }
  accounts {
    A {
      jetstream: { max_mem: 1M, max_file: 10M }
      users: [{ user: a, password: pw }]
      exports: [{ service: "q.>" }, { stream: "e.>", accounts: [B] }]
    }
    B {
      users: [{ user: b, password: pw }]
      imports: [{ service: { account: A, subject: "q.x" } }, { stream: { account: A, subject: "e.x" }, prefix: p }]
      mappings: { foo: [{ destination: bar, weight: 40% }] }
    }
    C { jetstream: enabled, users: [{ user: c, password: pw }] }
    S { users: [{ user: s, password: pw }] }
  }
  system_account: S`;

/** The account A with two streams, one of which has a consumer. */
async function withStreams<T>({ server }: Watched, use: () => Promise<T>): Promise<T> {
  const connection = await connect({ servers: server.url, user: "a", pass: "pw" });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "ONE", subjects: ["one.>"] });
  await manager.streams.add({ name: "TWO", subjects: ["two"], storage: "memory" });
  await manager.consumers.add("ONE", { durable_name: "c", ack_policy: "explicit" });
  await jetstream(connection).publish("one.a", "hello");
  try {
    return await use();
  } finally {
    await connection.close();
  }
}

/** What the first requests of a client to the API are differs; so are counts of them. */
const counts = ["total", "errors", "memory", "reserved_memory", "reserved_storage", "level"];

bothShow(
  "JetStream of /jsz",
  accounts,
  (watched) =>
    withStreams(watched, async () => {
      const pages: unknown[] = [];
      for (const query of [
        "",
        "?accounts=1",
        "?streams=1",
        "?consumers=true&config=1",
        "?acc=A&streams=true",
        "?acc=none&streams=true",
        "?accounts=1&limit=1&offset=1",
        "?accounts=1&offset=5",
        "?raft=1",
        "?leader-only=1&stream-leader-only=1&direct-consumers=1",
        "?streams=x",
        "?limit=x",
      ]) {
        const { status, body } = await watched.page(`/jsz${query}`);
        pages.push(query, status, withoutConfig(body));
      }
      return pages;
    }),
  counts,
);

/** Where things are stored, how often that is synced, and defaults that came with 2.15 are each server's own. */
function withoutConfig(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  const {
    account_details: details,
    config,
    limits: _,
    ...others
  } = body as Record<string, unknown>;
  const sorted = (details as Detailed[] | undefined)?.map((detail) => ({
    ...detail,
    stream_detail: detail.stream_detail?.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }));
  const names = ["max_memory", "max_storage", "store_dir", "strict"];
  const kept = Object.entries(config as object).filter(([name]) => names.includes(name));
  return { ...others, config: Object.fromEntries(kept), account_details: sorted };
}

interface Detailed {
  readonly stream_detail?: readonly { readonly name: string }[];
}

bothShow("JetStream of /jsz where there is none", "", ({ page }) => page("/jsz?consumers=1"));

bothShow("health, of what was asked about", accounts, (watched) =>
  withStreams(watched, async () => {
    const pages: unknown[] = [];
    for (const query of [
      "",
      "?js-enabled=1",
      "?js-enabled-only=1",
      "?js-server-only=1",
      "?js-meta-only=1",
      "?details=1",
      "?account=A",
      "?account=none",
      "?account=none&details=1",
      "?account=A&stream=ONE",
      "?account=A&stream=none",
      "?account=A&stream=none&details=1",
      "?account=A&stream=ONE&consumer=c",
      "?account=A&stream=ONE&consumer=none",
      "?account=A&stream=ONE&consumer=none&details=1",
      "?stream=ONE",
      "?stream=ONE&details=1",
      "?account=A&consumer=c",
      "?details=x",
    ]) {
      pages.push(query, await watched.page(`/healthz${query}`));
    }
    return pages;
  }),
);

bothShow("what a lone server says of other servers", accounts, async ({ page }) => {
  const pages: unknown[] = [];
  for (const path of [
    "/routez",
    "/routez?subs=detail",
    "/routez?subs=x",
    "/gatewayz?accs=1&gw_name=n",
    "/gatewayz?accs=x",
    "/leafz?subs=1&acc=A",
    "/leafz?subs=x",
    "/raftz",
    "/raftz?acc=A&group=g",
    "/ipqueuesz",
    "/ipqueuesz?all=0&queues=x",
    "/ipqueuesz?all=x",
    "/debug",
    "/debug/vars/x",
  ]) {
    pages.push(path, await page(path));
  }
  return pages;
});

/** How many subscriptions a server has itself, and how it finds them. */
const ownSubscriptions = [
  ...["subscriptions", "num_subscriptions", "num_cache", "num_inserts", "num_removes"],
  ...["num_matches", "cache_hit_rate", "max_fanout", "avg_fanout", "accounts"],
];

bothShow(
  "subscriptions of /subsz",
  accounts,
  async ({ server, page }) => {
    const a = await connect({ servers: server.url, user: "a", pass: "pw" });
    a.subscribe("x.*", { queue: "q", max: 5 });
    a.subscribe("x.y");
    a.publish("x.y");
    await a.flush();
    const ofTest = async (query: string): Promise<unknown> => {
      const { status, body } = await page(`/subsz?subs=1&${query}`);
      const { subscriptions_list: list, ...others } = body as { subscriptions_list?: Listed[] };
      return { status, ...others, list: list?.toSorted((x, y) => (x.sid < y.sid ? -1 : 1)) };
    };
    const pages = [
      await page("/subsz"),
      await page("/subscriptionsz?acc=none&subs=1&limit=7&offset=2"),
      await ofTest("acc=A&test=x.y"),
      await ofTest("acc=B&test=x.y"),
      await ofTest("test=x.z"),
      await page("/subsz?test=x.*"),
      await page("/subsz?subs=detail"),
      await page("/subsz?limit=x"),
    ];
    await a.close();
    return pages;
  },
  ownSubscriptions,
);

interface Listed {
  readonly sid: string;
}

bothShow(
  "accounts of /accountz and /accstatz",
  accounts,
  async ({ server, page }) => {
    const b = await connect({ servers: server.url, user: "b", pass: "pw" });
    b.subscribe("x");
    for (let count = 0; count < 3; count++) b.publish("x", "12345");
    await b.flush();
    const pages = [
      sortedNames(await page("/accountz")),
      await page("/accountz?acc=none"),
      sharing(await page("/accountz?acc=A")),
      sharing(await page("/accountz?acc=B")),
      sharing(await page("/accountz?acc=S")),
      await page("/accstatz"),
      sortedNames(await page("/accstatz?unused=1")),
      await page("/accstatz?unused=x"),
    ];
    await b.close();
    return pages;
  },
  [...ownSubscriptions, "sent_bytes"],
);

function sortedNames({ status, body }: Shown): unknown {
  const { accounts: names, account_statz: stats } = body as {
    readonly accounts?: readonly string[];
    readonly account_statz?: readonly { readonly acc: string }[];
  };
  const sorted = stats?.toSorted((a, b) => (a.acc < b.acc ? -1 : 1));
  return { status, names: names?.toSorted(), stats: sorted };
}

/** nats-server shows imports and exports by which it answers itself, which Oxbow does without. */
function sharing({ status, body }: Shown): unknown {
  const { account_detail: detail, ...others } = body as {
    readonly account_detail: Record<string, unknown>;
  };
  const own = /^\$SYS\.REQ\.USER\.|^\$JS\.API\./;
  const sorted = (list: unknown): unknown =>
    (list as { subject: string; type: string; local_subject?: string }[] | undefined)
      ?.filter(({ subject }) => !own.test(subject))
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) ?? [];
  const { exports: offered, imports: used, ...rest } = detail;
  return { status, ...others, ...rest, exports: sorted(offered), imports: sorted(used) };
}
