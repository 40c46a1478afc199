import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { createAccount } from "@nats-io/nkeys";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import { patient } from "../support/deadline.ts";
import { bothShow, type Shown, type Watched } from "../support/monitoring.ts";
import { login, makeUser, Operator } from "../support/operator.ts";

/** What a server has of itself, what it runs on, and how it stores. */
const own = [
  ...["go", "http_port", "mem", "cpu", "cores", "gomaxprocs", "subscriptions", "out_bytes"],
  ...["out_client_bytes", "config_load_time", "config_digest", "feature_flags", "config"],
  ...["tls_cert_not_after", "git_commit", "level"],
];

const accounts = `
  jetstream { max_mem: 100M, max_file: 1G, domain: hub }
  server_tags: [one, "region:two"]
  server_metadata { rack: "7" }
  max_subscriptions: 1000
  accounts {
    A { jetstream: enabled, users: [{ user: a, password: pw }] }
    S { users: [{ user: s, password: pw }] }
  }
  system_account: S`;

/** `/varz`, and the same asked for in the system account, of a server where somebody has done something. */
async function everything(
  watched: Watched,
  a: NatsConnection,
  s: NatsConnection,
): Promise<unknown> {
  const manager = await jetstreamManager(a);
  await manager.streams.add({ name: "ONE", subjects: ["one"] });
  await jetstream(a).publish("one", "hello");
  await watched.page("/");
  await watched.page("/subscriptionsz");
  await watched.page("/connz");
  const pages = [await watched.page("/varz"), await watched.page("/varz")];
  const { data } = (await s.request("$SYS.REQ.SERVER.PING.VARZ", "", patient)).json<{
    data: object;
  }>();
  return [...pages.map(settled), settled({ body: data } as Shown)];
}

/** Without what differs by version, but for whether it is there. */
function settled({ body, ...rest }: Shown): unknown {
  const { feature_flags: flags, disk_io_wait_stats: waits, ...others } = body as Varz;
  // With 2.15 came limits by default.
  const { jetstream: { config, limits: _, ...usage } = {} } = others;
  const isSane = typeof flags === "object" && typeof waits === "object";
  return { ...rest, body: { ...others, jetstream: { ...usage, config: typeof config } }, isSane };
}

interface Varz extends Record<string, unknown> {
  readonly feature_flags?: unknown;
  readonly disk_io_wait_stats?: unknown;
  readonly jetstream?: { readonly config?: object; readonly limits?: object };
}

bothShow(
  "the general state of a server with accounts and JetStream",
  accounts,
  async (watched) => {
    const { url: servers } = watched.server;
    const a = await connect({ servers, user: "a", pass: "pw" });
    const s = await connect({ servers, user: "s", pass: "pw" });
    const shown = await everything(watched, a, s);
    await a.close();
    await s.close();
    return shown;
  },
  own,
);

const operator = new Operator();
const account = createAccount();
await operator.account("A", account, { limits: { mem_storage: -1, disk_storage: -1 } });
const operatorConfig = await operator.config("MEMORY");

bothShow(
  "the general state of a server with operators",
  `jetstream: enabled\n${operatorConfig}`,
  async (watched) => {
    const a = await login(watched.server, await makeUser(account));
    const s = await login(watched.server, await makeUser(operator.system));
    const shown = await everything(watched, a, s);
    await a.close();
    await s.close();
    return shown;
  },
  own,
);

const authority = new CertificateAuthority();

bothShow(
  "the general state of a server with all its doors, and limits of its own",
  (directory) => {
    const { certificate, key } = authority.issue({
      subject: [["CN", "h"]],
      addresses: ["127.0.0.1"],
    });
    const files = { cert: certificate, key, ca: authority.certificate };
    const path = (name: string): string => join(directory, `${name}.pem`);
    for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text);
    const tls = `cert_file: "${path("cert")}", key_file: "${path("key")}", ca_file: "${path("ca")}"`;
    return `
      tls { ${tls}, verify: true, timeout: 3 }
      websocket {
        listen: "127.0.0.1:-1", tls { ${tls} }, compression: true, same_origin: true
        allowed_origins: ["https://a", "https://b"], handshake_timeout: "4s"
        authorization { timeout: 5 }
      }
      leafnodes { listen: "127.0.0.1:-1", tls { ${tls} }, authorization { timeout: 6 } }
      authorization { user: u, password: p, timeout: 7 }
      max_connections: 11, ping_interval: "12s", ping_max: 13, write_deadline: "14s"
      max_payload: 15000, max_pending: 16000, max_control_line: 1700, http_base_path: "/base"`;
  },
  async ({ page }) => settled(await page("/base/varz")),
  own,
);

bothShow(
  "the general state of a server that was told nothing",
  "",
  async ({ page }) => settled(await page("/varz")),
  own,
);
