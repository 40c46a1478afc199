import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { encodeUser, newScopedSigner } from "@nats-io/jwt";
import { createAccount, createServer, createUser } from "@nats-io/nkeys";
import { type ConnectionOptions, connect, type NatsConnection } from "@nats-io/transport-node";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import { CalloutService, type Decision } from "../support/callout.ts";
import { eventually, withDeadline } from "../support/deadline.ts";
import { login, makeUser, Operator, whoAmI } from "../support/operator.ts";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget, type Target } from "../support/targets.ts";

const violation = "Authorization Violation";

function enter(target: Target, options: ConnectionOptions): Promise<NatsConnection> {
  return connect({ servers: target.server.url, reconnect: false, ...options });
}

async function refusal(client: Promise<NatsConnection>): Promise<string> {
  const connected = await client.catch((error: Error) => error);
  if (connected instanceof Error) return connected.message;
  await connected.close();
  return "let in";
}

const service = new CalloutService();
/** @param timeoutSeconds - How long the service may take to answer. */
const accountsWith = (timeoutSeconds: number): string => `
server_name: here
server_tags: [red, blue]
accounts {
  AUTH { users: [ { user: auth, password: pwd } ] }
  FOO { users: [ { user: foo, password: pwd } ] }
  BAR { default_permissions: { publish: { deny: "secret" } } }
  BAZ { users: [ { user: baz, password: pwd } ] }
  SYS { users: [ { user: sys, password: pwd } ] }
}
system_account: SYS
no_auth_user: foo
authorization {
  timeout: ${timeoutSeconds}
  auth_callout {
    issuer: ${service.issuer.getPublicKey()}
    account: AUTH
    auth_users: [ auth ]
    allowed_accounts: [ FOO, BAR ]
  }
}
`;

onEachTarget(
  "a callout of the configuration",
  (target) => {
    let auth: NatsConnection | undefined;
    const serving = async (decide: CalloutService["decide"]): Promise<NatsConnection> => {
      auth = await enter(target, { user: "auth", pass: "pwd" });
      service.requests.length = 0;
      service.decide = decide;
      service.serve(auth);
      await auth.flush();
      return auth;
    };

    test("tells the service all about the client, and puts it where the service says", async () => {
      const server = await serving(() => ({ user: {}, aud: "BAR", name: "ann" }));
      const client = await enter(target, { user: "dlc", pass: "zzz", name: "me" });
      const info = await whoAmI(client);
      assert.equal(info["user"], "ann");
      assert.equal(info["account"], "BAR");
      assert.equal(info["permissions"], undefined);
      const [request] = service.requests;
      assert.ok(request !== undefined);
      assert.equal(request.sub, service.issuer.getPublicKey());
      assert.equal(request.aud, "nats-authorization-request");
      assert.equal(request.iss, request.nats.server_id.id);
      assert.equal(request.exp - request.iat, 20);
      assert.equal(request.nats.type, "authorization_request");
      assert.equal(request.nats.version, 2);
      assert.match(request.nats.user_nkey, /^U[A-Z2-7]{55}$/);
      const { version: _version, id: _id, ...rest } = request.nats.server_id;
      assert.deepEqual(rest, { name: "here", host: "127.0.0.1", tags: ["red", "blue"] });
      const { id: clientId, ...clientInfo } = request.nats.client_info;
      assert.ok(Number(clientId) > 0);
      assert.deepEqual(clientInfo, {
        host: "127.0.0.1",
        user: "dlc",
        name: "me",
        kind: "Client",
        type: "nats",
      });
      const { version: _clientVersion, ...options } = request.nats.connect_opts;
      assert.deepEqual(options, {
        user: "dlc",
        pass: "zzz",
        name: "me",
        lang: "nats.js",
        protocol: 1,
      });
      await client.close();
      await server.close();
    });

    test("does not show a token as a name", async () => {
      const server = await serving(() => ({ user: {}, aud: "FOO" }));
      const client = await enter(target, { token: "s3cret" });
      assert.equal((await whoAmI(client))["user"], "[REDACTED]");
      assert.equal(service.requests[0]?.nats.client_info["user"], "[REDACTED]");
      assert.equal(service.requests[0]?.nats.connect_opts["auth_token"], "s3cret");
      await client.close();
      await server.close();
    });

    test("asks about users of accounts that are left to it, and of no others", async () => {
      const server = await serving(() => ({ user: {}, aud: "BAR", name: "asked" }));
      const cases = [
        [{ user: "auth", pass: "pwd" }, "auth", "AUTH"],
        [{ user: "foo", pass: "pwd" }, "asked", "BAR"],
        [{}, "asked", "BAR"],
        [{ user: "baz", pass: "pwd" }, "baz", "BAZ"],
        [{ user: "sys", pass: "pwd" }, "sys", "SYS"],
      ] as const;
      for (const [options, user, account] of cases) {
        const client = await enter(target, options);
        const info = await whoAmI(client);
        assert.deepEqual([info["user"], info["account"]], [user, account], user);
        await client.close();
      }
      const asked = service.requests.length;
      assert.equal(asked, 2);
      assert.equal(await refusal(enter(target, { user: "auth", pass: "wrong" })), violation);
      assert.equal(service.requests.length, asked);
      await using early = await RawClient.dial(target.server);
      early.send("PING");
      assert.deepEqual(describeFrames(await early.take(1)), ["PONG"]);
      assert.equal(service.requests.length, asked + 1);
      await server.close();
    });

    test("lets nobody in for an answer that is not right", async () => {
      const server = await serving(() => "nothing");
      const reasons: string[] = [];
      server.subscribe("$SYS.ACCOUNT.CLIENT.AUTH.ERR", {
        callback: (_error, event) => {
          reasons.push(event.json<{ reason: string }>().reason.toLowerCase());
        },
      });
      await server.flush();
      const past = Math.floor(Date.now() / 1000) - 10;
      const cases: readonly (readonly [Decision, RegExp])[] = [
        ["nothing", /no reason supplied/],
        [{ error: "not today" }, /not today/],
        [{ user: {}, aud: "NOWHERE" }, /no valid account "nowhere"/],
        [{ user: {}, aud: "FOO", issuer: createAccount() }, /wrong issuer/],
        [
          { user: { issuer_account: createAccount().getPublicKey() }, aud: "FOO" },
          /issuer_account/,
        ],
        [{ user: {}, aud: "FOO", sub: createUser().getPublicKey() }, /not for expected user/],
        [{ user: {}, aud: "FOO", server: createServer().getPublicKey() }, /not for server/],
        [{ user: {}, aud: "FOO", exp: past }, /claim is expired/],
        [{ user: { proxy_required: true } as object, aud: "FOO" }, /proxy/],
        [
          { user: { allowed_connection_types: ["PIGEON" as never] }, aud: "FOO" },
          /invalid connection type/,
        ],
      ];
      for (const [decision, reason] of cases) {
        service.decide = () => decision;
        reasons.length = 0;
        assert.equal(await refusal(enter(target, { user: "x" })), violation, String(reason));
        const told = await eventually("an event", async () => {
          await server.flush();
          return reasons[0];
        });
        assert.match(told, reason);
      }
      await server.close();
    });

    test("does not wait for an answer for ever", async () => {
      await using hasty = await target.start({ config: accountsWith(1) });
      const login = { servers: hasty.url, reconnect: false };
      // It may itself come too late, then.
      const server = await eventually("the service to come in", () =>
        connect({ ...login, user: "auth", pass: "pwd" }).catch(() => undefined),
      );
      service.decide = () => "silence";
      service.serve(server);
      await server.flush();
      const refused = await refusal(connect({ ...login, user: "x" }));
      assert.match(refused, /Authorization|Authentication/);
      await server.close();
    });

    test("lets nobody in its account ask in the server's place", async () => {
      const server = await serving(() => ({ user: {}, aud: "AUTH" }));
      const client = await enter(target, { user: "x" });
      const { permissions } = await whoAmI(client);
      assert.deepEqual(permissions, { publish: { deny: ["$SYS.REQ.USER.AUTH"] }, subscribe: {} });
      client.publish("$SYS.REQ.USER.AUTH", "x");
      await client.flush();
      assert.equal(service.requests.length, 1);
      await client.close();
      await server.close();
    });

    test("ends a visit with the JWT of the service", async () => {
      const server = await serving(() => {
        const exp = Math.floor(Date.now() / 1000) + 3;
        return { user: {}, aud: "FOO", exp };
      });
      // On a slow machine a visit can be over before it began.
      const client = await eventually("a visit that begins", () =>
        enter(target, { user: "x" }).catch(() => undefined),
      );
      const error = await withDeadline(client.closed(), () => "the end of a connection");
      assert.match(error?.message ?? "", /user authentication expired/i);
      await server.close();
    });
  },
  { config: accountsWith(20) },
);

const sealing = new CalloutService();
const encrypted = `
authorization {
  users: [ { user: auth, password: pwd } ]
  auth_callout {
    issuer: ${sealing.issuer.getPublicKey()}
    auth_users: [ auth ]
    xkey: ${sealing.curve.getPublicKey()}
  }
}
`;

onEachTarget(
  "a callout that is encrypted",
  (target) => {
    test("takes plain answers and sealed ones", async () => {
      const server = await enter(target, { user: "auth", pass: "pwd" });
      sealing.decide = () => ({ user: {}, aud: "$G", name: "ann" });
      sealing.serve(server);
      await server.flush();
      for (const seals of [false, true]) {
        sealing.seals = seals;
        const client = await enter(target, { user: "dlc" });
        assert.equal((await whoAmI(client))["user"], "ann");
        await client.close();
      }
      const { permissions } = await whoAmI(server);
      assert.deepEqual(permissions, { publish: { deny: ["$SYS.REQ.USER.AUTH"] }, subscribe: {} });
      const { xkey } = sealing.requests.at(-1)?.nats.server_id ?? {};
      assert.match(String(xkey), /^X[A-Z2-7]{55}$/);
      await server.close();
    });
  },
  { config: encrypted },
);

const authority = new CertificateAuthority();
const shown = authority.issue({ subject: [["CN", "someone"]] });
const overTls = new CalloutService();

onEachTarget(
  "a callout about encrypted clients",
  (target) => {
    test("tells the service their certificates, and those that vouch for them", async () => {
      const tls = { ca: authority.certificate, cert: shown.certificate, key: shown.key };
      const server = await enter(target, { user: "auth", pass: "pwd", tls });
      overTls.decide = () => ({ user: {}, aud: "$G", name: "ann" });
      overTls.serve(server);
      await server.flush();
      const client = await enter(target, { tls });
      assert.equal((await whoAmI(client))["user"], "ann");
      const { cipher, ...rest } = overTls.requests[0]?.nats.client_tls ?? {};
      assert.match(String(cipher), /^TLS_/);
      const chain = [shown, authority].map(({ certificate }) => certificate.replaceAll("\r", ""));
      assert.deepEqual(rest, { version: "1.3", verified_chains: [chain] });
      await client.close();
      await server.close();
    });
  },
  {
    config: (directory) => {
      const file = (name: string, text: string): string => {
        writeFileSync(join(directory, name), text);
        return JSON.stringify(join(directory, name));
      };
      const certificate = authority.issueForLoopback();
      return `
        tls {
          cert_file: ${file("cert.pem", certificate.certificate)}
          key_file: ${file("key.pem", certificate.key)}
          ca_file: ${file("ca.pem", authority.certificate)}
          verify: true
          timeout: 20
        }
        authorization {
          users: [ { user: auth, password: pwd } ]
          auth_callout { issuer: ${overTls.issuer.getPublicKey()}, auth_users: [ auth ] }
        }`;
    },
  },
);

const operator = new Operator();
const claimed = new CalloutService();
const team = createAccount();
const forbidden = createAccount();
const teamKey = createAccount();
const scopedKey = createAccount();
const authUser = createUser();
const { template, ...role } = newScopedSigner(scopedKey, "role", {
  pub: { allow: ["$SYS.REQ.USER.INFO"] },
});
await operator.account("TEAM", team, {
  signing_keys: [teamKey.getPublicKey(), { ...role, template: { pub: template.pub ?? {} } }],
});
await operator.account("FORBIDDEN", forbidden);
await operator.account("AUTH", claimed.issuer, {
  authorization: {
    auth_users: [authUser.getPublicKey()],
    allowed_accounts: [team.getPublicKey()],
    xkey: claimed.curve.getPublicKey(),
  },
});
const sentinel = await makeUser(claimed.issuer, {
  bearer_token: true,
  pub: { deny: [">"] },
  sub: { deny: [">"] },
});
const operatorConfig = `${await operator.config("MEMORY")}
default_sentinel: ${sentinel.jwt}`;

onEachTarget(
  "a callout of an account",
  (target) => {
    const teamName = team.getPublicKey();
    const serving = async (decision: Decision): Promise<NatsConnection> => {
      const jwt = await encodeUser("auth", authUser, claimed.issuer, {});
      const server = await login(target.server, { key: authUser, jwt });
      claimed.requests.length = 0;
      claimed.decide = () => decision;
      claimed.serve(server);
      await server.flush();
      return server;
    };

    test("puts those who show a sentinel, or nothing, into accounts that are allowed", async () => {
      const issuer_account = teamName;
      const cases: readonly (readonly [Decision, string])[] = [
        [{ user: {}, issuer: team, name: "a" }, "a"],
        [{ user: { issuer_account }, issuer: teamKey, name: "b" }, "b"],
        [{ user: { issuer_account }, issuer: scopedKey, name: "c", scoped: true }, "c"],
      ];
      for (const [decision, name] of cases) {
        const server = await serving(decision);
        for (const client of [
          await login(target.server, sentinel),
          await enter(target, { token: "secret" }),
        ]) {
          const info = await whoAmI(client);
          assert.deepEqual([info["user"], info["account"]], [name, teamName]);
          if (typeof decision === "object" && "scoped" in decision) {
            assert.deepEqual(info["permissions"], {
              publish: { allow: ["$SYS.REQ.USER.INFO"] },
              subscribe: {},
            });
          }
          await client.close();
        }
        assert.equal(claimed.requests.at(-1)?.nats.connect_opts["jwt"], sentinel.jwt);
        assert.equal(claimed.requests.at(-1)?.sub, claimed.issuer.getPublicKey());
        await server.close();
      }
    });

    test("lets nobody in for an answer that is not right", async () => {
      const issuer_account = teamName;
      const cases: readonly Decision[] = [
        "nothing",
        { error: "no" },
        { user: {}, issuer: forbidden },
        { user: { issuer_account }, issuer: createAccount() },
        { user: { issuer_account }, issuer: scopedKey },
      ];
      for (const decision of cases) {
        const server = await serving(decision);
        assert.equal(
          await refusal(login(target.server, sentinel)),
          violation,
          JSON.stringify(decision),
        );
        await server.close();
      }
    });

    test("leaves its own users alone, but for the subject of requests", async () => {
      const server = await serving("nothing");
      assert.deepEqual((await whoAmI(server))["permissions"], {
        publish: { deny: ["$SYS.REQ.USER.AUTH"] },
        subscribe: {},
      });
      await server.close();
    });
  },
  { config: operatorConfig },
);
