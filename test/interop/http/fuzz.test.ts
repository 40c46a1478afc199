import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { suite, test } from "node:test";
import fc from "fast-check";
import { basic, bearer, HttpScene } from "./http-scene.ts";
import { ApiDocument } from "./support/document.ts";
import { type HostileRequest, hostileRequests } from "./support/hostile.ts";

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Bytes of an answer that are read; of streams no more comes. */
const readMax = 4 * 1024 * 1024;
const hangMs = 15_000;
/** Each asks every operation twelve times: as many whatever the speed of the machine. */
const rounds = 3;
/** Fixed unless another is asked for, so that a run that fails fails again. */
const seed = Number(process.env["OXBOW_SEED"] ?? 1);
/** What another tenant has is called so, and is asked for by it. */
const theirs = "zqtheirs";
/** Stands in its other names, its settings and its messages, and in no request. */
const secret = "zqsecret";

/** Asks as it is told, on a connection that is kept. */
function send(url: string, agent: Agent, asked: HostileRequest): Promise<Answer> {
  const { host, port, path, headers, body, method } = {
    ...asked,
    host: new URL(url).hostname,
    port: new URL(url).port,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host, port, path, method, headers, agent }, (incoming) => {
      const { statusCode: status = 0 } = incoming;
      const type = incoming.headers["content-type"] ?? "";
      const chunks: Buffer[] = [];
      let size = 0;
      const end = (): void => {
        clearTimeout(timer);
        resolve({ status, type, text: Buffer.concat(chunks).toString() });
      };
      if (type.startsWith("text/event-stream")) {
        incoming.destroy();
        end();
      }
      incoming.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= readMax) chunks.push(chunk);
      });
      incoming.once("end", end);
    });
    const timer = setTimeout(() => {
      outgoing.destroy(new Error(`no answer in ${hangMs} ms: ${shown(asked)}`));
    }, hangMs);
    outgoing.once("error", (error) => {
      clearTimeout(timer);
      reject(new Error(`${error.message}: ${shown(asked)}`, { cause: error }));
    });
    if (body !== undefined) outgoing.setHeader("content-length", Buffer.byteLength(body));
    outgoing.end(body);
  });
}

function shown({ method, path, headers, body = "" }: HostileRequest): string {
  return `${method} ${path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 200)} ${body.slice(0, 400)}`;
}

/** A tenant with an owner and one of everything, all of it marked. */
async function furnish(
  http: HttpScene,
  root: Readonly<Record<string, string>>,
  tenant: string,
  name: string,
  told: string,
): Promise<Readonly<Record<string, string>>> {
  await http.get("PUT", `/tenants/${tenant}`, { headers: root, body: { description: told } });
  const body = { role: "owner", description: told };
  await http.get("PUT", `/users/${name}?tenant=${tenant}`, { headers: root, body });
  // Whose name is not among those that are asked for: nobody takes it out.
  const keeper = `/users/keeper?tenant=${tenant}`;
  await http.get("PUT", keeper, { headers: root, body });
  const keys = `/users/keeper/keys?tenant=${tenant}`;
  const headers = bearer((await http.get("POST", keys, { headers: root, body: {} })).secret);
  for (const each of [name, `${name}-${told}`]) {
    await http.get("PUT", `/stations/${each}`, { headers, body: { description: told } });
    const message = { headers: { ...headers, "idempotency-key": told }, body: { of: told } };
    await http.ask("POST", `/stations/${each}/messages`, message);
    await http.get("PUT", `/stations/${each}/groups/${each}`, { headers });
    const schema = { format: "json", text: JSON.stringify({ title: told }) };
    await http.get("PUT", `/schemas/${each}`, { headers, body: schema });
  }
  return headers;
}

suite("the API and those who mean it no good", () => {
  test("whatever is asked is answered, refused with a problem, and tells nothing of others", async (t) => {
    t.diagnostic(`OXBOW_SEED=${seed}`);
    await using http = await HttpScene.open({ auth: true });
    const { owner } = http.scene.server;
    assert.ok(owner !== undefined);
    const root = basic(owner.user, owner.password);
    await furnish(http, root, "rival", theirs, secret);
    const acme = await furnish(http, root, "acme", "orders", "own");
    const document = await ApiDocument.of(http.url);
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const failures: string[] = [];
    const checked = async (who: "root" | "acme", asked: HostileRequest): Promise<void> => {
      const authorization = who === "root" ? root : acme;
      const whole = { ...asked, headers: { ...asked.headers, ...authorization } };
      const { status, type, text } = await send(http.url, agent, whole).catch(
        ({ message }: Error): Answer => ({ status: 599, type: message, text: message }),
      );
      const complaint = complaintOf(who, { status, type, text });
      if (complaint !== undefined)
        failures.push(`${complaint}: ${shown(asked)} ${text.slice(0, 300)}`);
    };
    for (let round = 0; round < rounds; round++) {
      for (const [index, operation] of document.operations.entries()) {
        const requests = hostileRequests(document, operation, [
          "orders",
          theirs,
          "acme",
          "rival",
          "1",
        ]);
        const samples = fc.sample(requests, { numRuns: 12, seed: seed + 1_000 * round + index });
        // The rights of an owner of everything lead further; those of a tenant's show what it may not see.
        await Promise.all(samples.map((asked, i) => checked(i % 3 === 0 ? "root" : "acme", asked)));
      }
    }
    agent.destroy();
    assert.deepEqual(failures.slice(0, 20), []);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    await http.get("GET", "/stations", { headers: root });
  });

  test("what is no HTTP is refused, and the next one is served", async () => {
    await using http = await HttpScene.open();
    const { port } = new URL(http.url);
    const head = `Host: 127.0.0.1:${port}\r\n`;
    const path = "/api/v1/stations";
    const raw = [
      // Request smuggling: what two readers could take for different requests.
      `POST ${path}/x/ensure HTTP/1.1\r\n${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `POST ${path}/x/ensure HTTP/1.1\r\n${head}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
      `POST ${path}/x/ensure HTTP/1.1\r\n${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
      `POST ${path}/x/ensure HTTP/1.1\r\n${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
      `POST ${path}/x/ensure HTTP/1.1\r\n${head}Content-Length: +4\r\n\r\nabcd`,
      `GET ${path} HTTP/1.1\r\n${head} folded: yes\r\n\r\n`,
      `GET ${path} HTTP/1.1\r\n\r\n`,
      `GET ${path} HTTP/9.9\r\n${head}\r\n`,
      `GET ${path}\u0000 HTTP/1.1\r\n${head}\r\n`,
      `GET ${path} HTTP/1.1\r\n${head}X: a\nb\r\n\r\n`,
      `GET ${path} HTTP/1.1\r\n${head}X: ${"a".repeat(20_000)}\r\n\r\n`,
      `BREW ${path} HTTP/1.1\r\n${head}\r\n`,
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
    ];
    for (const bytes of raw) {
      const answer = await exchange(Number(port), bytes);
      const said = JSON.stringify(bytes.slice(0, 200));
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, said);
      assert.match(answer, /\r\nContent-Type: application\/problem\+json/i, said);
    }
    await http.get("GET", "/stations");
  });
});

/** What is wrong with an answer; `undefined` if nothing is. */
function complaintOf(who: string, answer: Answer): string | undefined {
  const { status, type, text } = answer;
  if (status >= 500 && !isOfAbsence(answer)) return `${status}`;
  if (status < 200 || (status >= 300 && status < 400)) return `a status of ${status}`;
  if (status >= 400) {
    if (!type.startsWith("application/problem+json")) return `${status} as ${type}`;
    const { code, detail } = JSON.parse(text) as {
      readonly code?: string;
      readonly detail?: string;
    };
    if (!code || !detail) return "a problem that says nothing";
  }
  const at = text.indexOf(secret);
  if (who === "acme" && at >= 0) {
    return `a leak of another tenant, ${text.slice(Math.max(0, at - 300), at + 50)}`;
  }
  return undefined;
}

/** Whether a request went to a subject on which nobody is: that is no failure of the server. */
function isOfAbsence({ status, text }: Answer): boolean {
  return (
    status === 503 && (JSON.parse(text) as { readonly code?: string }).code === "NO_RESPONDERS"
  );
}

/** Sends bytes, and reads until the other side ends or has answered. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes, "latin1"));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (text.includes("\r\n\r\n")) socket.destroy();
    });
    socket.once("error", () => socket.destroy());
    socket.once("close", () => resolve(text));
  });
}
