import { newScopedSigner } from "@nats-io/jwt";
import { createAccount, createUser } from "@nats-io/nkeys";
import { connect } from "@nats-io/transport-node";
import { patient } from "../support/deadline.ts";
import { bothShow, type Shown } from "../support/monitoring.ts";
import { login, makeUser, Operator } from "../support/operator.ts";

/** How many subscriptions a server has itself, and how it finds them. */
const own = [
  ...["subscriptions", "num_subscriptions", "num_cache", "num_inserts", "num_removes"],
  ...["num_matches", "cache_hit_rate", "max_fanout", "avg_fanout", "sent_bytes"],
];

const operator = new Operator();
const [offering, using, role, signer] = Array.from({ length: 4 }, createAccount) as [
  ReturnType<typeof createAccount>,
  ReturnType<typeof createAccount>,
  ReturnType<typeof createAccount>,
  ReturnType<typeof createAccount>,
];
const [gone, here] = [createUser().getPublicKey(), createUser().getPublicKey()];
await operator.account("offering", offering, {
  description: "an account",
  info_url: "https://example.com/info",
  tags: ["t1", "t2"],
  limits: { mem_storage: 1e6, disk_storage: 1e7, streams: 10, consumer: 20, conn: 30 },
  exports: [
    {
      name: "q",
      subject: "q.>",
      type: "service",
      response_type: "Stream",
      revocations: { [using.getPublicKey()]: 1_600_000_000, "*": 1_500_000_000 },
      service_latency: { sampling: 50, results: "latency" },
    },
    { name: "e", subject: "e.>", type: "stream", token_req: true },
    { name: "one", subject: "one.*", type: "stream", account_token_position: 2 },
  ],
  revocations: { [gone]: 1_700_000_000, [here]: 1_700_000_001 },
  mappings: {
    foo: [{ subject: "bar", weight: 40 }],
    "in.*": [{ subject: "out.$1" }],
  },
  default_permissions: { pub: { deny: ["x.no"] }, sub: { allow: ["x.>"] } },
  signing_keys: [signer.getPublicKey(), newScopedSigner(role, "role", { pub: { allow: ["a.>"] } })],
} as unknown as Parameters<Operator["account"]>[2]);
await operator.account("using", using, {
  imports: [
    { name: "q", account: offering.getPublicKey(), subject: "q.x", type: "service", share: true },
    {
      name: "one",
      account: offering.getPublicKey(),
      subject: `one.${using.getPublicKey()}`,
      local_subject: "mine",
      type: "stream",
    },
  ],
} as unknown as Parameters<Operator["account"]>[2]);
const operatorConfig = await operator.config("MEMORY");

bothShow(
  "accounts of operators, with what their JWTs say",
  `jetstream: enabled\n${operatorConfig}`,
  async ({ server, page }) => {
    const clients = [
      await login(server, await makeUser(offering)),
      await login(server, await makeUser(signer, { issuer_account: offering.getPublicKey() })),
      await login(server, await makeUser(using)),
    ];
    const system = await login(server, await makeUser(operator.system));
    const pages: unknown[] = [];
    for (const { getPublicKey } of [offering, using, operator.system].map((key) => ({
      getPublicKey: () => key.getPublicKey(),
    }))) {
      pages.push(shared(await page(`/accountz?acc=${getPublicKey()}`)));
      const answer = await system.request(`$SYS.REQ.ACCOUNT.${getPublicKey()}.INFO`, "", patient);
      pages.push(shared({ body: { account_detail: answer.json<{ data: object }>().data } }));
    }
    for (const client of [...clients, system]) await client.close();
    return pages;
  },
  own,
);

const accounts = `
  jetstream { domain: hub }
  accounts {
    A {
      jetstream: enabled, users: [{ user: a, password: pw }]
      exports: [
        { service: "q.*", accounts: [B, C], latency: { sampling: headers, subject: lat } }
        { service: "t.*", account_token_position: 2, response: chunked }
        { stream: "e.>" }
      ]
      mappings: { "z.*": "y.$1", a: [{ destination: b, weight: 20% }, { destination: c, weight: 30% }] }
    }
    B {
      users: [{ user: b, password: pw }]
      imports: [
        { service: { account: A, subject: "q.x" }, to: "here.x" }
        { service: { account: A, subject: "q.*" }, to: "all.*", share: true }
        { stream: { account: A, subject: "e.*" }, to: "mine.$1" }
        { stream: { account: A, subject: "e.x" }, prefix: p }
      ]
    }
    C { users: [{ user: c, password: pw }] }
  }`;

bothShow(
  "accounts of a configuration, with what they share, and where there is a domain",
  accounts,
  async ({ server, page }) => {
    const b = await connect({ servers: server.url, user: "b", pass: "pw" });
    const pages: unknown[] = [];
    for (const name of ["A", "B", "C", "$G"]) {
      pages.push(shared(await page(`/accountz?acc=${encodeURIComponent(name)}`)));
    }
    await b.close();
    return pages;
  },
  own,
);

/** nats-server shows imports and exports by which it answers itself, which Oxbow does without. */
function shared({ status, body }: Partial<Shown>): unknown {
  const { account_detail: detail, ...others } = body as { account_detail: Detail };
  const isOurs = ({ subject }: Listed): boolean =>
    !/^\$SYS\.REQ\.USER\.|^\$JS\.API\./.test(subject);
  const sorted = (list: readonly Listed[] = []): readonly Listed[] =>
    list
      .filter(isOurs)
      .map(({ approved_accounts: names, ...one }) => ({ ...one, names: names?.toSorted() }))
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const { exports: offered, imports: used, ...rest } = detail;
  return { status, ...others, ...rest, exports: sorted(offered), imports: sorted(used) };
}

interface Detail extends Record<string, unknown> {
  readonly exports?: readonly Listed[];
  readonly imports?: readonly Listed[];
}

interface Listed {
  readonly subject: string;
  readonly approved_accounts?: readonly string[];
}
