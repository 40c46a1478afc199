import { connect, type NatsConnection } from "@nats-io/transport-node";
import { patient } from "../support/deadline.ts";
import { bothShow, type Watched } from "../support/monitoring.ts";

const config = `
  jetstream: enabled
  server_tags: [one, two]
  server_metadata { rack: "7" }
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
  return (await system.request(subject, payload, patient)).json();
}

/** An answer without what experiments a server has, which differs from version to version. */
function outline(answer: unknown): unknown {
  const { server, ...others } = answer as { server?: { feature_flags?: object } };
  return { server: { ...server, feature_flags: typeof server?.feature_flags }, ...others };
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

bothShow(
  "requests about how a server works inside, and about users and subscriptions",
  config,
  (watched) =>
    asSystem(watched, async (system) => {
      const a = await connect({ servers: watched.server.url, user: "a", pass: "pw" });
      a.subscribe("x.*", { queue: "q" });
      a.subscribe("x.y");
      await a.flush();
      const server = "$SYS.REQ.SERVER.PING";
      const { data } = (await ask(system, `${server}.EXPVARZ`)) as {
        data: { memstats: Record<string, number>; cmdline: string[] };
      };
      const { Alloc, Sys, HeapInuse } = data.memstats;
      const isWhole = [Alloc, Sys, HeapInuse].every((bytes) => (bytes ?? 0) > 0);
      const answers: unknown[] = [Object.keys(data), isWhole, data.cmdline.includes("--config")];
      answers.push(outline(await ask(system, `${server}.RAFTZ`, { account: "A" })));
      answers.push(outline(await ask(system, `${server}.IPQUEUESZ`, { filter: "nothing" })));
      for (const body of [
        undefined,
        { name: "nope" },
        { name: "cpu" },
        { name: "cpu", duration: 16e9 },
      ]) {
        answers.push(outline(await ask(system, `${server}.PROFILEZ`, body)));
      }
      for (const body of [
        { subject: "x.y" },
        { subject: "x.>" },
        { subject: "x.>", queue: "cQ==" },
      ]) {
        answers.push(await ask(system, "$SYS.REQ.ACCOUNT.NSUBS", { acc: "A", ...body }));
      }
      answers.push(outline(await ask(system, "$SYS.REQ.USER.S.INFO")));
      await a.close();
      return answers;
    }),
  own,
);

bothShow(
  "bodies of requests that make no sense are refused with the reason",
  config,
  (watched) =>
    asSystem(watched, async (system) => {
      const answers: unknown[] = [];
      for (const [name, body] of [
        ["VARZ", "not json"],
        ["CONNZ", "{"],
        ["CONNZ", "[]"],
        ["CONNZ", '{"auth":5}'],
        ["CONNZ", '{"limit":1.5}'],
        ["CONNZ", '{"cid":-1}'],
        ["CONNZ", '{"CID":null} x'],
        ["JSZ", '{"account":true}'],
        ["RAFTZ", '{"tags":"x"}'],
        ["IPQUEUESZ", '{"all":"x"}'],
        ["HEALTHZ", '{"server_name":{}}'],
      ] as const) {
        const reply = await system.request(`$SYS.REQ.SERVER.PING.${name}`, body, patient);
        answers.push(name, body, outline(reply.json()));
      }
      return answers;
    }),
  own,
);

bothShow(
  "a client is closed, or told to go, by its number",
  config,
  (watched) =>
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
  own,
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
