import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { TOKEN_LENGTH_MAX } from "@oxbow/engine";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import { UrlResolver } from "../../src/resolver/url-resolver.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves at a free port of this machine while `run` runs. */
async function serving(handle: Handler, run: (base: string) => Promise<void>): Promise<void> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/accounts`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("an account is what the server has under its key", async () => {
  const asked: string[] = [];
  const handle: Handler = (request, response) => {
    asked.push(request.url ?? "");
    response.end(request.url === "/accounts/AKEY" ? "the.jwt.itself\n" : "");
  };
  await serving(handle, async (base) => {
    const resolver = await UrlResolver.open(base);
    assert.equal(await resolver.fetch("AKEY"), "the.jwt.itself");
    assert.deepEqual(asked, ["/accounts/", "/accounts/AKEY"]);
    await resolver.close();
  });
});

test("a server that refuses, is not there or says too much has no account", async () => {
  const handle: Handler = (request, response) => {
    if (request.url === "/accounts/MISSING") response.writeHead(404).end("no");
    else if (request.url === "/accounts/HUGE") response.end("x".repeat(TOKEN_LENGTH_MAX + 1));
    else response.end();
  };
  let base = "";
  await serving(handle, async (url) => {
    base = url;
    const resolver = await UrlResolver.open(`${url}/`);
    await assert.rejects(resolver.fetch("MISSING"), /could not fetch <".*MISSING">: 404 Not Found/);
    await assert.rejects(resolver.fetch("HUGE"), /could not fetch .* more than 1048576 bytes/);
  });
  await assert.rejects(UrlResolver.open(base), /could not fetch .*(ECONNREFUSED|closed)/);
});

test("a name and a password in the address are shown to the server, and to nobody else", async () => {
  const logins: (string | undefined)[] = [];
  const refuse: Handler = (request, response) => {
    logins.push(request.headers.authorization);
    response.writeHead(500).end();
  };
  await serving(refuse, async (base) => {
    const url = base.replace("http://", "http://me:s3cret@");
    await assert.rejects(UrlResolver.open(url), (error: Error) => {
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
  assert.deepEqual(logins, [`Basic ${Buffer.from("me:s3cret").toString("base64")}`]);
});

test("over TLS it trusts the authority it is given, and shows its certificate", async () => {
  const authority = new CertificateAuthority();
  const { certificate: cert, key } = authority.issueForLoopback();
  const own = authority.issue({ subject: [["CN", "resolver"]] });
  const options = { cert, key, ca: authority.certificate, requestCert: true };
  const server = createSecureServer(options, (request, response) => {
    response.end(request.url === "/accounts/AKEY" ? "the.jwt.itself" : "");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const base = `https://127.0.0.1:${(server.address() as AddressInfo).port}/accounts`;
  try {
    const authorities = authority.certificate;
    const resolver = await UrlResolver.open(base, { certificates: [own], authorities });
    assert.equal(await resolver.fetch("AKEY"), "the.jwt.itself");
    await assert.rejects(UrlResolver.open(base, { certificates: [], authorities }), /could not/);
    await assert.rejects(UrlResolver.open(base, { certificates: [own] }), /certificate/);
    await assert.rejects(UrlResolver.open(base), /could not fetch/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
