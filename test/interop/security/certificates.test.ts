import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { CertificateAuthority, type CertificateSubject } from "@oxbow/testkit/certificates";
import { patient } from "../support/deadline.ts";
import { onEachTarget } from "../support/targets.ts";

const authority = new CertificateAuthority();
const server = authority.issueForLoopback();

const config = (directory: string): string => {
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  return `
    tls {
      cert_file: "${file("cert.pem", server.certificate)}"
      key_file: "${file("key.pem", server.key)}"
      ca_file: "${file("ca.pem", authority.certificate)}"
      verify_and_map: true
      timeout: 20
    }
    accounts {
      A { users: [
        { user: "ann@example.com" }
        { user: "host.example.com" }
        { user: "spiffe://example/service" }
        { user: "CN=carl,OU=dev,O=acme" }
        { user: "O=acme,CN=dora,OU=dev" }
        { user: "CN=emil, OU=a\\\\,b, DC=example, DC=com" }
        { user: "CN=fred,O=acme", password: "f" }
        { user: "CN=webb,O=acme", allowed_connection_types: ["WEBSOCKET"] }
      ] }
      B { users: [ { user: gina, password: g } ] }
    }
  `;
};

/** What a certificate says, and which user its owner is, or none. */
const rows: readonly (readonly [CertificateSubject, string | undefined])[] = [
  [{ subject: [["CN", "x"]], emails: ["no@example.com", "ann@example.com"] }, "ann@example.com"],
  [
    { subject: [["CN", "x"]], emails: ["no@x.y"], dnsNames: ["host.example.com"] },
    "host.example.com",
  ],
  [{ subject: [["CN", "x"]], uris: ["spiffe://example/service"] }, "spiffe://example/service"],
  [
    {
      subject: [
        ["O", "acme"],
        ["OU", "dev"],
        ["CN", "carl"],
      ],
    },
    "CN=carl,OU=dev,O=acme",
  ],
  [
    {
      subject: [
        ["CN", "carl"],
        ["O", "acme"],
        ["OU", "dev"],
      ],
    },
    "CN=carl,OU=dev,O=acme",
  ],
  [
    {
      subject: [
        ["O", "acme"],
        ["OU", "dev"],
        ["CN", "dora"],
      ],
    },
    "O=acme,CN=dora,OU=dev",
  ],
  [
    {
      subject: [
        ["0.9.2342.19200300.100.1.25", "com"],
        ["0.9.2342.19200300.100.1.25", "example"],
        ["OU", "a,b"],
        ["CN", "emil"],
      ],
    },
    "CN=emil, OU=a\\,b, DC=example, DC=com",
  ],
  [
    {
      subject: [
        ["O", "acme"],
        ["OU", "dev"],
        ["CN", "Carl"],
      ],
    },
    undefined,
  ],
  [
    {
      subject: [
        ["O", "acme"],
        ["CN", "carl"],
      ],
    },
    undefined,
  ],
  [{ subject: [["CN", "carl,OU=dev,O=acme"]] }, undefined],
  [
    {
      subject: [
        ["O", "acme"],
        ["CN", "webb"],
      ],
    },
    undefined,
  ],
  [
    {
      subject: [
        ["O", "acme"],
        ["CN", "fred"],
      ],
    },
    undefined,
  ],
];

onEachTarget(
  "users by their certificates",
  (target) => {
    const enter = (names: CertificateSubject, more: object = {}): Promise<NatsConnection> => {
      const { certificate: cert, key } = authority.issue(names);
      const tls = { ca: authority.certificate, cert, key };
      return connect({ servers: target.server.url, reconnect: false, tls, ...more });
    };
    const userOf = async (connection: NatsConnection): Promise<unknown> => {
      const answer = await connection.request("$SYS.REQ.USER.INFO", "", patient);
      await connection.close();
      const { data } = answer.json() as { data: { user: string; account: string } };
      return `${data.account}/${data.user}`;
    };

    for (const [names, user] of rows) {
      test(`${JSON.stringify(names)} is ${user ?? "nobody"}`, async () => {
        if (user === undefined) await assert.rejects(enter(names), /Authorization Violation/);
        else assert.equal(await userOf(await enter(names)), `A/${user}`);
      });
    }

    test("what a client says it is does not count", async () => {
      const names: CertificateSubject = { subject: [["CN", "x"]], emails: ["ann@example.com"] };
      const wanted = { user: "gina", pass: "" };
      assert.equal(await userOf(await enter(names, wanted)), "A/ann@example.com");
      const unknown = { subject: [["CN", "gina"]] } as const;
      await assert.rejects(enter(unknown, { user: "gina", pass: "g" }), /Authorization Violation/);
    });

    test("a user with a password needs that too", async () => {
      const names: CertificateSubject = {
        subject: [
          ["O", "acme"],
          ["CN", "fred"],
        ],
      };
      assert.equal(await userOf(await enter(names, { user: "x", pass: "f" })), "A/CN=fred,O=acme");
      await assert.rejects(enter(names, { user: "x", pass: "g" }), /Authorization Violation/);
    });

    test("without a certificate nobody gets as far as CONNECT", async () => {
      const tls = { ca: authority.certificate };
      const { url: servers } = target.server;
      await assert.rejects(connect({ servers, reconnect: false, tls, user: "gina", pass: "g" }));
    });
  },
  { config, concurrent: true },
);
