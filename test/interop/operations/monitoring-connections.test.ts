import { connect, type NatsConnection } from "@nats-io/transport-node";
import { eventually } from "../support/deadline.ts";
import { bothShow, type Shown, type Watched } from "../support/monitoring.ts";

const accounts = `
  accounts {
    A { users: [{ user: a, password: pw }] }
    B { users: [{ user: b, password: pw }] }
  }`;

/** Connections that have done something: `a` has subscriptions and messages, `b` is idle. */
async function busy(
  watched: Watched,
  use: (a: NatsConnection, b: NatsConnection) => Promise<unknown>,
): Promise<unknown> {
  const { server } = watched;
  const a = await connect({ servers: server.url, user: "a", pass: "pw", name: "first" });
  const b = await connect({ servers: server.url, user: "b", pass: "pw" });
  const plain = a.subscribe("x.*");
  a.subscribe("work", { queue: "q" });
  const limited = a.subscribe("few", { max: 3 });
  for (const subject of ["x.1", "x.2", "few", "nobody"]) a.publish(subject, "12345");
  await a.flush();
  await b.flush();
  // What came from a client is counted after its PING was answered.
  await eventually("four messages to be counted", async () => {
    const { body } = await watched.page(`/connz?cid=${a.info?.client_id}`);
    const [shown] = (body as { connections: { in_msgs: number }[] }).connections;
    return shown?.in_msgs === 4 ? true : undefined;
  });
  try {
    return await use(a, b);
  } finally {
    plain.unsubscribe();
    limited.unsubscribe();
    await closed(watched, a);
    await closed(watched, b);
  }
}

/** Closes a connection, and asks until the server remembers it as closed. */
async function closed({ page }: Watched, connection: NatsConnection): Promise<void> {
  const id = connection.info?.client_id;
  await connection.close();
  await remembered(page, 1, `&cid=${id}`);
}

/** Asks until the server remembers so many connections as closed. */
async function remembered(page: Watched["page"], count: number, query = ""): Promise<void> {
  await eventually(`${count} closed connections`, async () => {
    const { body } = await page(`/connz?state=closed${query}`);
    return (body as { num_connections: number }).num_connections === count ? true : undefined;
  });
}

/** Subscriptions in an order that does not depend on hash tables. */
function sorted({ status, body }: Shown): unknown {
  const { connections, ...rest } = body as { connections: Record<string, unknown>[] };
  const shown = connections.map(({ subscriptions_list, subscriptions_list_detail, ...others }) => ({
    ...others,
    subscriptions_list: (subscriptions_list as string[] | undefined)?.toSorted(),
    details: (subscriptions_list_detail as { sid: string }[] | undefined)?.toSorted((x, y) =>
      x.sid < y.sid ? -1 : 1,
    ),
  }));
  return { status, ...rest, connections: shown };
}

bothShow("the connections of /connz, with what they did", accounts, (watched) =>
  busy(watched, async () => [
    await watched.page("/connz"),
    sorted(await watched.page("/connz?subs=1&auth=1")),
    sorted(await watched.page("/connz?subs=detail&sort=msgs_from")),
  ]),
);

bothShow(
  "one connection of /connz, pages of them, and those of users and accounts",
  accounts,
  (watched) =>
    busy(watched, async (_, b) => {
      const pages: unknown[] = [];
      const id = b.info?.client_id;
      for (const query of [
        `cid=${id}`,
        "cid=99",
        "offset=1",
        "offset=9&limit=1",
        "limit=1",
        "limit=-1&offset=-1",
        "auth=1&user=b",
        "auth=1&user=nobody",
        "acc=A&auth=true",
        "acc=none",
        "mqtt_client=m",
        "state=any",
        "callback=steal",
      ]) {
        pages.push(query.replace(/cid=\d$/, "cid=N"), await watched.page(`/connz?${query}`));
      }
      // Not by what is pending, which is nothing for both: then nats-server has them in the order of a map.
      for (const sort of ["cid", "start", "subs", "msgs_to", "msgs_from", "bytes_to"]) {
        pages.push(sort, await watched.page(`/connz?sort=${sort}`));
      }
      for (const sort of ["bytes_from", "last"]) {
        pages.push(sort, await watched.page(`/connz?sort=${sort}`));
      }
      return pages;
    }),
);

bothShow(
  "closed connections of /connz, and why they ended",
  `${accounts}\nmax_closed_clients: 3`,
  async (watched) => {
    await busy(watched, async () => undefined);
    const { server, page } = watched;
    const wrong = connect({ servers: server.url, user: "a", pass: "no", reconnect: false });
    await wrong.catch(() => undefined);
    await remembered(page, 3);
    const pages = [
      sorted(await page("/connz?state=closed&subs=detail&auth=1")),
      await page("/connz?state=closed&sort=stop"),
      await page("/connz?state=closed&sort=reason&limit=1"),
      await page("/connz?state=closed&acc=A"),
      await page("/connz?state=all&user=b"),
      await page("/connz?state=CLOSED&offset=1"),
    ];
    const last = await connect({ servers: server.url, user: "a", pass: "pw" });
    const after = await connect({ servers: server.url, user: "b", pass: "pw" });
    await closed(watched, last);
    await closed(watched, after);
    return [...pages, await page("/connz?state=closed")];
  },
);

bothShow(
  "requests to /connz that make no sense are refused with the reason",
  accounts,
  async ({ page }) => {
    const pages: unknown[] = [];
    for (const query of [
      "sort=nope",
      "sort=stop",
      "sort=reason&state=open",
      "auth=yes",
      "subs=x%22y",
      "offset=x",
      "limit=1.5",
      "limit=99999999999999999999",
      "cid=-1",
      "cid=99999999999999999999",
      "state=nope",
    ]) {
      pages.push(query, await page(`/connz?${query}`));
    }
    return pages;
  },
);
