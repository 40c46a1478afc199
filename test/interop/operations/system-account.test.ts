import { connect, type NatsConnection } from "@nats-io/transport-node";
import { bothShow, type Watched } from "../support/monitoring.ts";

const config = `
  jetstream: enabled
  server_tags: [one, two]
  accounts {
    A { jetstream: enabled, users: [{ user: a, password: pw }] }
    S { users: [{ user: s, password: pw }] }
  }
  system_account: S`;

/** What a server has of itself, and what it runs on. */
const own = [
  ...["mem", "cpu", "cores", "gomaxprocs", "gomemlimit", "seq", "ver", "host", "rtt", "level"],
  ...["total_connections", "active_accounts", "num_subscriptions", "msgs", "subscriptions"],
];

async function asSystem<T>(
  { server }: Watched,
  use: (system: NatsConnection) => Promise<T>,
): Promise<T> {
  const system = await connect({ servers: server.url, user: "s", pass: "pw" });
  try {
    return await use(system);
  } finally {
    await system.close();
  }
}

async function ask(system: NatsConnection, subject: string, body?: object): Promise<unknown> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return (await system.request(subject, payload, { timeout: 5_000 })).json();
}

/** The members of an answer in the order they have, without what is different on each server. */
function outline(answer: unknown): unknown {
  const { server, ...others } = answer as { server?: Record<string, unknown> };
  const { metadata: _, feature_flags: __, tags: ___, ...head } = server ?? {};
  return { server: Object.keys(head), ...others };
}

bothShow(
  "requests about the server and its accounts",
  config,
  (watched) =>
    asSystem(watched, async (system) => {
      const a = await connect({ servers: watched.server.url, user: "a", pass: "pw", name: "one" });
      a.subscribe("x");
      await a.flush();
      const id = system.info?.server_id;
      const idz = (await ask(system, "$SYS.REQ.SERVER.PING.IDZ")) as { id: string };
      const answers: unknown[] = [idz.id === id, Object.keys(idz)];
      const asked: readonly (readonly [string, object?])[] = [
        ["SERVER.PING.ROUTEZ"],
        ["SERVER.PING.GATEWAYZ", { server_name: "on" }],
        ["SERVER.PING.LEAFZ", { tags: ["one"] }],
        ["SERVER.PING.HEALTHZ", { details: true }],
        ["SERVER.PING.HEALTHZ", { stream: "x" }],
        ["SERVER.PING.CONNZ", { acc: "A", auth: true, subscriptions: true }],
        ["SERVER.PING.CONNZ", { sort: "nope" }],
        ["SERVER.PING.SUBSZ", { test: "x.*" }],
        ["SERVER.PING.ACCOUNTZ", { account: "none" }],
        ["ACCOUNT.A.CONNZ", { subscriptions_detail: true }],
        ["ACCOUNT.A.LEAFZ"],
        ["ACCOUNT.A.JSZ"],
        ["ACCOUNT.none.JSZ"],
        ["ACCOUNT.S.JSZ"],
        ["ACCOUNT.A.STATZ"],
        ["ACCOUNT.PING.STATZ", { accounts: ["A"] }],
        ["ACCOUNT.none.INFO"],
      ];
      for (const [subject, body] of asked) {
        answers.push(subject, outline(await ask(system, `$SYS.REQ.${subject}`, body)));
      }
      for (const name of ["ROUTEZ", "HEALTHZ", "LEAFZ"]) {
        answers.push(name, outline(await ask(system, `$SYS.REQ.SERVER.${id}.${name}`)));
      }
      answers.push(outline(await ask(system, "$SYS.REQ.ACCOUNT.A.CONNS")));
      await a.close();
      return answers;
    }),
  [...own, "bytes", "reserved_memory", "reserved_storage", "api"],
);

bothShow("a client is closed, or told to go, by its number", config, (watched) =>
  asSystem(watched, async (system) => {
    const id = system.info?.server_id;
    const open = (): Promise<NatsConnection> =>
      connect({ servers: watched.server.url, user: "a", pass: "pw", reconnect: false });
    const kicked = await open();
    const subject = `$SYS.REQ.SERVER.${id}`;
    const answers = [
      outline(await ask(system, `${subject}.KICK`, { cid: kicked.info?.client_id })),
      outline(await ask(system, `${subject}.KICK`, { cid: 999 })),
      outline(await ask(system, `${subject}.LDM`, { cid: 999 })),
    ];
    await kicked.closed();
    const told = await open();
    const events = told.status()[Symbol.asyncIterator]();
    await told.flush();
    answers.push(outline(await ask(system, `${subject}.LDM`, { cid: told.info?.client_id })));
    for (let type = ""; type !== "ldm"; ) type = (await events.next()).value?.type ?? "";
    await told.close();
    const reload = (await ask(system, `${subject}.RELOAD`)) as { error?: unknown };
    return [...answers, reload.error];
  }),
);

bothShow(
  "events tell who comes and goes, and who may not come",
  config,
  (watched) =>
    asSystem(watched, async (system) => {
      const eventsOf = (subject: string): (() => Promise<unknown>) => {
        const iterator = system.subscribe(subject)[Symbol.asyncIterator]();
        return async () => {
          const { value } = await iterator.next();
          return [value.subject.replace(/N[A-Z0-9]{55}/, "ID"), outline(value.json())];
        };
      };
      const next = eventsOf("$SYS.ACCOUNT.A.>");
      const nextRefusal = eventsOf("$SYS.SERVER.*.CLIENT.AUTH.ERR");
      await system.flush();
      const a = await connect({ servers: watched.server.url, user: "a", pass: "pw", name: "one" });
      a.publish("x", "12345");
      await a.flush();
      const told = [await next(), await next()];
      await a.close();
      told.push(await next(), await next());
      const wrong = connect({
        servers: watched.server.url,
        user: "a",
        pass: "no",
        reconnect: false,
      });
      await wrong.catch(() => undefined);
      told.push(await nextRefusal());
      return told.toSorted((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1));
    }),
  own,
);
