import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { test } from "node:test";
import { connect as connectTls } from "node:tls";
import { type ConnectionOptions, connect, type NatsConnection } from "@nats-io/transport-node";
import {
  authority,
  clientCertificate,
  keyFingerprint,
  strangerCertificate,
  tlsFiles,
} from "../support/certificate-files.ts";
import { eventually, patient, withDeadline } from "../support/deadline.ts";
import { Heard } from "../support/heard.ts";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget, type Target } from "../support/targets.ts";

const ca = authority.certificate;
const shown = { ca, cert: clientCertificate.certificate, key: clientCertificate.key };

function official(target: Target, options: ConnectionOptions): Promise<NatsConnection> {
  return connect({ servers: target.server.url, reconnect: false, timeout: 10_000, ...options });
}

/** Publishes and gets it back. */
async function echo(connection: NatsConnection): Promise<void> {
  const subscription = connection.subscribe("echo", { max: 1 });
  connection.publish("echo", "x".repeat(100_000));
  for await (const message of subscription) assert.equal(message.data.length, 100_000);
}

/** A line of INFO, and the one that follows it. */
const info = /INFO .*\r\n/;
const secondInfo = /INFO .*\r\n[\s\S]*(INFO .*\r\n)/;

onEachTarget(
  "a port of TLS",
  (target) => {
    test("greets in clear and goes on encrypted", async () => {
      const nc = await official(target, { tls: { ca } });
      assert.equal(nc.info?.tls_required, true);
      assert.equal(nc.info?.tls_available, undefined);
      assert.equal(nc.info?.tls_verify, undefined);
      await echo(nc);
      await nc.close();
    });

    test("is not trusted by those who do not know its authority", async () => {
      await assert.rejects(official(target, { tls: {} }), /certificate|self.signed/i);
    });

    test("ends what is not encrypted", async () => {
      await using client = await RawClient.open(target.server);
      const said = describeFrames(await client.untilClosed());
      // nats-server says nothing to them.
      if (target.name === "oxbow")
        assert.deepEqual(said, ["-ERR Secure Connection - TLS Required"]);
      else assert.deepEqual(said, []);
    });
  },
  { config: (directory) => `tls {\n${tlsFiles(directory)}\n}` },
);

onEachTarget(
  "a port that asks for certificates",
  (target) => {
    test("takes those of its authority, and knows their users", async () => {
      const nc = await official(target, { tls: shown });
      assert.equal(nc.info?.tls_verify, true);
      const who = await nc.request("$SYS.REQ.USER.INFO", "", patient);
      assert.equal(who.json<{ data: { user: string } }>().data.user, "client@example.com");
      await echo(nc);
      await nc.close();
    });

    test("refuses those without one, or with one of another authority", async () => {
      await assert.rejects(official(target, { tls: { ca } }));
      await target.server.line(/TLS handshake error/);
      const from = target.server.lines.length;
      const { certificate, key } = strangerCertificate;
      await assert.rejects(official(target, { tls: { ca, cert: certificate, key } }));
      await target.server.line(/TLS handshake error/, from);
    });

    test("refuses those whose names no user has", async () => {
      const { certificate, key } = authority.issue({ subject: [["CN", "somebody else"]] });
      const options = { tls: { ca, cert: certificate, key } };
      await assert.rejects(official(target, options), /Authorization Violation/i);
    });
  },
  {
    config: (directory) => `
tls {
${tlsFiles(directory)}
verify_and_map: true
}
authorization { users [ { user: "client@example.com" } ] }
`,
  },
);

const mayComeFirst = (directory: string, wait: string): string => `
tls {
${tlsFiles(directory)}
handshake_first: "${wait}"
}
allow_non_tls: true
`;

onEachTarget(
  "a port where the handshake may come first",
  (target) => {
    test("takes those who begin it", async () => {
      const nc = await official(target, { tls: { ca, handshakeFirst: true } });
      await echo(nc);
      await nc.close();
      const socket = connectTls({ port: target.server.port, host: "127.0.0.1", ca });
      const heard = new Heard(socket);
      assert.match(await heard.until(info), /^INFO \{.*"tls_required":true,.*"tls_available":true/);
      socket.write('CONNECT {"verbose":false,"protocol":1}\r\nPING\r\n');
      const [, second = ""] = secondInfo.exec(await heard.until(secondInfo)) ?? [];
      assert.doesNotMatch(second, /tls_required/);
      socket.destroy();
    });
  },
  // A client has that long to begin: longer than a machine stalls.
  { config: (directory) => mayComeFirst(directory, "20s") },
);

onEachTarget(
  "a port that waits a moment for a handshake",
  (target) => {
    test("greets the others after a moment, and takes them as they like", async () => {
      const nc = await official(target, { tls: { ca } });
      await echo(nc);
      await nc.close();
      await using plain = await RawClient.open(target.server);
      assert.equal(plain.info["tls_available"], true);
      assert.deepEqual(describeFrames(await plain.flush()), []);
    });
  },
  { config: (directory) => mayComeFirst(directory, "100ms") },
);

onEachTarget(
  "a port where the handshake comes first",
  (target) => {
    test("says nothing before", async () => {
      const nc = await official(target, { tls: { ca, handshakeFirst: true } });
      await echo(nc);
      await nc.close();
      const socket = connectTls({ port: target.server.port, host: "127.0.0.1", ca });
      assert.match(await new Heard(socket).until(info), /^INFO \{.*"tls_required":true/);
      socket.destroy();
    });
  },
  { config: (directory) => `tls {\n${tlsFiles(directory)}\nhandshake_first: true\n}` },
);

onEachTarget(
  "a port with pinned keys and a limit of handshakes",
  (target) => {
    test("takes only clients with one of the keys, and puts off those beyond the limit", async () => {
      const { certificate, key } = authority.issue({ subject: [["CN", "not pinned"]] });
      await assert.rejects(official(target, { tls: { ca, cert: certificate, key } }));
      const nc = await official(target, { tls: shown });
      await echo(nc);
      await nc.close();
      // Four in a second; a slow machine may need several for six.
      await eventually("one too many", async () => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 6 }, () => official(target, { tls: shown })),
        );
        for (const outcome of outcomes) {
          if (outcome.status === "fulfilled") await outcome.value.close();
        }
        return outcomes.some(({ status }) => status === "rejected") || undefined;
      });
    });
  },
  {
    config: (directory) => `
tls {
${tlsFiles(directory)}
verify: true
connection_rate_limit: 4
pinned_certs: [ "${keyFingerprint(clientCertificate.certificate)}" ]
}
`,
  },
);

onEachTarget(
  "certificates",
  (target) => {
    test("can be changed for those who come later", async () => {
      const before = await official(target, { tls: { ca } });
      const renewed = authority.issue({ subject: [["CN", "renewed"]], addresses: ["127.0.0.1"] });
      const line = await target.server.reload(
        (directory) => `tls {\n${tlsFiles(directory, renewed)}\n}`,
      );
      assert.match(line, /Reloaded server configuration/);
      const socket = connectTcp(target.server.port, "127.0.0.1");
      await new Heard(socket).until(info);
      const secure = connectTls({ socket, ca, checkServerIdentity: () => undefined });
      await withDeadline(once(secure, "secureConnect"), () => "a handshake");
      assert.equal(secure.getPeerCertificate().subject.CN, "renewed");
      secure.destroy();
      await echo(before);
      await before.close();
    });
  },
  { config: (directory) => `tls {\n${tlsFiles(directory)}\n}` },
);

onEachTarget(
  "a port behind proxies",
  (target) => {
    test("takes the address from the header, of both versions, before the handshake", async () => {
      const version2 = Buffer.from(
        "0d0a0d0a000d0a515549540a2111000c0a0102037f00000130391 07e".replaceAll(" ", ""),
        "hex",
      );
      const version1 = Buffer.from("PROXY TCP4 10.1.2.3 127.0.0.1 12345 4222\r\n");
      for (const header of [version1, version2]) {
        const socket = connectTcp(target.server.port, "127.0.0.1");
        const greeting = await new Heard(socket).until(info);
        assert.equal(JSON.parse(greeting.slice(5)).client_ip, undefined);
        socket.write(header);
        const secure = connectTls({ socket, ca, servername: "localhost" });
        secure.write('CONNECT {"verbose":false,"protocol":1}\r\nPING\r\n');
        assert.match(await new Heard(secure).until(info), /"client_ip":"10\.1\.2\.3"/);
        secure.destroy();
      }
    });

    test("ends what only begins like one", async () => {
      const socket = connectTcp(target.server.port, "127.0.0.1");
      await new Heard(socket).until(info);
      socket.write("PROXY TCP4 nonsense\r\n");
      await withDeadline(once(socket, "close"), () => "the end");
    });
  },
  { config: (directory) => `proxy_protocol: true\ntls {\n${tlsFiles(directory)}\n}` },
);
