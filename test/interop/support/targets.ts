import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  natsServerProgram,
  oxbowProgram,
  type ServerOptions,
  type ServerProgram,
  TestServer,
} from "@oxbow/testkit/servers";

/**
 * A server under test. Each suite runs against Oxbow and against a real `nats-server`: the first run is the point, the
 * second proves that what the tests demand is what clients get from the original.
 */
export interface Target {
  readonly name: ServerProgram["name"];
  /** Starts one more server, which the caller closes. */
  start(options?: ServerOptions): Promise<TestServer>;
  /** The server shared by the suite, started with the options given to {@link onEachTarget}. */
  readonly server: TestServer;
}

/** What a suite needs of its server, and how its tests run. */
export interface SuiteOptions extends ServerOptions {
  /**
   * Runs the tests of the suite side by side, so that their waits overlap. Only for suites whose tests share no
   * subject, stream or counter.
   */
  readonly concurrent?: boolean;
}

/**
 * Declares a suite once per target. `OXBOW_TARGETS` chooses them: `nats`, `oxbow` or `both` (the default). Without a
 * `nats-server` on PATH its half is skipped, or fails if `OXBOW_REQUIRE_PEERS` is `1`.
 */
export function onEachTarget(
  subject: string,
  body: (target: Target) => void,
  options: SuiteOptions = {},
): void {
  for (const [name, program] of chosenPrograms()) {
    const title = `${subject} (${name})`;
    if (program === undefined) {
      declareMissing(title);
      continue;
    }
    describe(title, { concurrency: options.concurrent === true }, () => {
      let server: TestServer | undefined;
      before(async () => {
        server = await TestServer.start(program, options);
      });
      after(async () => {
        await server?.close();
      });
      body({
        name: program.name,
        start: (extra = {}) => TestServer.start(program, extra),
        get server(): TestServer {
          if (server === undefined) throw new Error("the server is only there while tests run");
          return server;
        },
      });
    });
  }
}

function chosenPrograms(): [ServerProgram["name"], ServerProgram | undefined][] {
  const nats = (): [ServerProgram["name"], ServerProgram | undefined] => [
    "nats-server",
    natsServerProgram(),
  ];
  const oxbow = (): [ServerProgram["name"], ServerProgram | undefined] => ["oxbow", oxbowProgram()];
  const choice = process.env["OXBOW_TARGETS"] ?? "both";
  if (choice === "nats") return [nats()];
  if (choice === "oxbow") return [oxbow()];
  if (choice === "both") return [nats(), oxbow()];
  throw new Error(`OXBOW_TARGETS is "${choice}"; write nats, oxbow or both`);
}

function declareMissing(title: string): void {
  if (process.env["OXBOW_REQUIRE_PEERS"] !== "1") {
    describe(title, { skip: "no nats-server on PATH" }, () => undefined);
    return;
  }
  test(title, () => assert.fail("no nats-server on PATH, and OXBOW_REQUIRE_PEERS demands one"));
}
