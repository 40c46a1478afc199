import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createUser } from "@nats-io/nkeys";
import {
  type ConnectionOptions,
  connect,
  nkeyAuthenticator,
  wsconnect,
} from "@nats-io/transport-node";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import type { TestServer } from "@oxbow/testkit/servers";
import { eventually } from "../support/deadline.ts";
import { onEachTarget } from "../support/targets.ts";

const testdata = new URL("testdata/", import.meta.url);
const authority = new CertificateAuthority();
const names = { subject: [["CN", "localhost"]], addresses: ["127.0.0.1"] } as const;
const serverCertificate = authority.issue(names);
const clientCertificate = authority.issue({ subject: [["CN", "somebody"]] });
const key = createUser();

/** The text of a sample, with the files it names beside it. */
function sample(name: string): (directory: string) => string {
  return (directory) => {
    writeFileSync(join(directory, "ca.pem"), authority.certificate);
    writeFileSync(join(directory, "server.pem"), serverCertificate.certificate);
    writeFileSync(join(directory, "server-key.pem"), serverCertificate.key);
    copyFileSync(new URL("users.conf", testdata), join(directory, "users.conf"));
    const text = readFileSync(new URL(`samples/${name}`, testdata), "utf8");
    const keyed = text.replaceAll("{{key}}", key.getPublicKey());
    return keyed.replaceAll("{{dir}}", directory);
  };
}

const ann = { user: "ann", pass: "opensesame" };
const ca = authority.certificate;

/** Who gets in by each sample, and who does not. */
interface Sample {
  readonly welcome: readonly Partial<ConnectionOptions>[];
  readonly refused: readonly Partial<ConnectionOptions>[];
}

const samples: Readonly<Record<string, Sample>> = {
  "groups.conf": {
    welcome: [ann, { ...ann, user: "bob" }, { ...ann, user: "cy" }, { ...ann, user: "di" }],
    refused: [{}, { user: "ann", pass: "open" }, { ...ann, user: "eve" }],
  },
  "token.conf": {
    welcome: [{ token: "a token with spaces: yes" }],
    refused: [{}, { token: "a token" }, ann],
  },
  "keys.conf": {
    welcome: [ann, {}, { authenticator: nkeyAuthenticator(key.getSeed()) }],
    refused: [{ authenticator: nkeyAuthenticator(createUser().getSeed()) }],
  },
  "accounts.conf": {
    welcome: [ann, { ...ann, user: "bob" }, { ...ann, user: "root" }],
    refused: [{}, { user: "bob", pass: "bob" }],
  },
  "tls.conf": {
    welcome: [{ ...ann, tls: { ca } }],
    refused: [{ tls: { ca } }, ann],
  },
  "tls-verify.conf": {
    welcome: [
      { ...ann, tls: { ca, cert: clientCertificate.certificate, key: clientCertificate.key } },
    ],
    refused: [{ ...ann, tls: { ca } }],
  },
  "websocket.conf": { welcome: [ann], refused: [{}] },
  "websocket-tls.conf": { welcome: [ann], refused: [{}] },
  "included.conf": { welcome: [ann, { ...ann, user: "bob" }], refused: [{}] },
  "json.conf": { welcome: [ann], refused: [{}] },
  "operations.conf": { welcome: [ann], refused: [{}] },
};

/** Connects once the server takes a look at who it is: on a slow machine the time for that can run out before. */
async function visit(server: TestServer, options: Partial<ConnectionOptions>): Promise<void> {
  const settings = { servers: server.url, reconnect: false, timeout: 10_000, ...options };
  const outcome = await eventually("a connection or a refusal", async () => {
    const result = await connect(settings as ConnectionOptions).catch((error: Error) => error);
    return result instanceof Error && /Authentication Timeout/i.test(result.message)
      ? undefined
      : result;
  });
  if (outcome instanceof Error) throw outcome;
  await outcome.close();
}

onEachTarget("sample files", (target) => {
  test("are all tried", () => {
    assert.deepEqual(readdirSync(new URL("samples", testdata)).sort(), Object.keys(samples).sort());
  });

  for (const [name, { welcome, refused }] of Object.entries(samples)) {
    test(name, async () => {
      await using server = await target.start({ config: sample(name) });
      await Promise.all(welcome.map((options) => visit(server, options)));
      await Promise.all(refused.map((options) => assert.rejects(visit(server, options))));
    });
  }

  test("websocket.conf opens its door", async () => {
    await using server = await target.start({ config: sample("websocket.conf") });
    const { websocket = [] } = await server.urls();
    const connection = await wsconnect({ servers: [...websocket], ...ann, reconnect: false });
    await connection.close();
  });

  test("operations.conf serves monitoring below its path", async () => {
    await using server = await target.start({ config: sample("operations.conf") });
    const { monitoring = [] } = await server.urls();
    const [below, above] = await Promise.all([
      fetch(`${monitoring[0]}/nats/varz`),
      fetch(`${monitoring[0]}/varz`),
    ]);
    assert.deepEqual([below.status, above.status], [200, 404]);
  });
});

onEachTarget("files for several servers", (target) => {
  for (const name of readdirSync(new URL("refused", testdata))) {
    const config = readFileSync(new URL(`refused/${name}`, testdata), "utf8");
    const [, construct = ""] = /^# refused: (.*)$/m.exec(config) ?? [];
    const title = target.name === "oxbow" ? `${name} is refused by name` : `${name} is known`;
    test(title, async () => {
      const start = target.start({ config }).then((server) => server.close());
      if (target.name === "oxbow") {
        await assert.rejects(start, new RegExp(`${construct}: not supported: `));
      } else {
        await start;
      }
    });
  }
});
