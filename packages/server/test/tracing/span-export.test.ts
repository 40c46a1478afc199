import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, suite, test } from "node:test";
import { type Logger, silentLogger } from "@oxbow/base";
import type { TracingSettings } from "../../src/config/index.ts";
import { openSpanExport, type SpanExport } from "../../src/tracing/span-export.ts";

/** Goal: spans are never a reason for anything else to wait, and the log says when they are lost. Method: a collector that
 * does not answer, or refuses. */
let server: Server;
/** What was posted, by the names of the spans in it, and how it is answered. */
let posts: { readonly names: readonly string[]; readonly response: ServerResponse }[] = [];
let onPost: () => void = () => undefined;

beforeEach(async () => {
  posts = [];
  onPost = () => undefined;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const names =
        Buffer.concat(chunks)
          .toString("latin1")
          .match(/span-\d+(?=;)/g) ?? [];
      posts.push({ names, response });
      onPost();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

async function posted(count: number): Promise<void> {
  while (posts.length < count) {
    const { promise, resolve } = Promise.withResolvers<void>();
    onPost = resolve;
    await promise;
  }
}

function settings(more: Partial<TracingSettings> = {}): TracingSettings {
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    headers: {},
    isCompressed: false,
    resource: { "service.name": "oxbow" },
    sampler: { ratio: 1, isParentBased: true },
    timeoutMs: 60_000,
    delayMs: 600_000,
    queueMax: 4,
    batchMax: 2,
    ...more,
  };
}

/** A log of which lines are awaited. */
function toldLog(): { readonly logger: Logger; readonly lines: string[]; next(): Promise<void> } {
  const lines: string[] = [];
  let wake = Promise.withResolvers<void>();
  const tell = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  return {
    logger: { ...silentLogger, warn: tell, info: tell },
    lines,
    next: () => wake.promise,
  };
}

function record({ tracing }: SpanExport, from: number, count: number): void {
  for (let i = from; i < from + count; i++) {
    tracing.begin({ name: `span-${i};`, kind: "internal", attributes: {} }).end();
  }
}

suite("spans on their way out", () => {
  test("wait in a bounded queue for a collector that does not answer", async () => {
    const spans = openSpanExport(settings(), silentLogger);
    record(spans, 0, 2);
    await posted(1);
    record(spans, 100, 100);
    posts[0]?.response.end();
    await posted(2);
    posts[1]?.response.end();
    await posted(3);
    posts[2]?.response.end();
    await spans.close(60_000);
    assert.deepEqual(
      posts.map(({ names }) => names),
      [
        ["span-0", "span-1"],
        ["span-100", "span-101"],
        ["span-102", "span-103"],
      ],
    );
  });

  test("hold up the end for no longer than they may", async () => {
    const spans = openSpanExport(settings(), silentLogger);
    record(spans, 0, 1);
    await spans.close(20);
    assert.ok(posts.length <= 1);
  });

  test("are lost where nobody takes them, of which the log tells once", async () => {
    const log = toldLog();
    const spans = openSpanExport(settings({ queueMax: 1, batchMax: 1 }), log.logger);
    record(spans, 0, 1);
    await posted(1);
    const told = log.next();
    posts[0]?.response.writeHead(400).end("s3cret");
    await told;
    record(spans, 1, 1);
    await posted(2);
    posts[1]?.response.writeHead(400).end();
    record(spans, 2, 1);
    await posted(3);
    posts[2]?.response.end();
    await spans.close(60_000);
    const { host } = new URL(settings().url);
    assert.equal(log.lines.length, 2, log.lines.join("\n"));
    assert.match(
      log.lines[0] ?? "",
      new RegExp(`^spans can't be sent, and are lost .*"to":"${host}"`),
    );
    assert.equal(log.lines[1], 'spans can be sent again {"lost":2}');
    assert.doesNotMatch(log.lines.join(), /s3cret/);
  });
});
