import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, type NatsConnection } from "@nats-io/transport-node";
import { type RunningServer, startServer } from "@oxbow/server";
import { resolveConfig } from "@oxbow/server/config";

/** A server of this process, and clients of it; all of it ends with the scope. */
export class Scene implements AsyncDisposable {
  server: RunningServer;
  readonly #directory: string;
  readonly #connections: NatsConnection[] = [];

  private constructor(server: RunningServer, directory: string) {
    this.server = server;
    this.#directory = directory;
  }

  static async open(
    flags: Readonly<Record<string, string | boolean>> = {},
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Scene> {
    const directory = await mkdtemp(join(tmpdir(), "oxbow-users-"));
    return new Scene(await Scene.start(directory, flags, environment), directory);
  }

  static async start(
    directory: string,
    flags: Readonly<Record<string, string | boolean>>,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<RunningServer> {
    const data = join(directory, "data");
    const usual = { port: "0", data, log: "silent", sync: "never" };
    return startServer(await resolveConfig({ flags: { ...usual, ...flags }, environment }));
  }

  get data(): string {
    return join(this.#directory, "data");
  }

  async restart(flags: Readonly<Record<string, string | boolean>> = {}): Promise<void> {
    await this.server.stop();
    this.server = await Scene.start(this.#directory, flags);
  }

  async connect(options: ConnectionOptions = {}): Promise<NatsConnection> {
    const { port } = this.server;
    const connection = await connect({ port, reconnect: false, ...options });
    this.#connections.push(connection);
    return connection;
  }

  async refuses(options: ConnectionOptions): Promise<void> {
    await assert.rejects(this.connect(options), /Authorization Violation|CLOSED|closed/i);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection.close();
    await this.server.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** Connects once the server has taken up that somebody may. Until it knows of any user, an open one lets all in. */
export async function whenWelcome(
  scene: Scene,
  options: ConnectionOptions,
): Promise<NatsConnection> {
  for (let isOpen = true; isOpen; ) {
    const stranger = await scene.connect({ user: "stranger", pass: "x" }).catch(() => undefined);
    isOpen = stranger !== undefined;
    await stranger?.close();
  }
  for (;;) {
    try {
      return await scene.connect(options);
    } catch (error) {
      assert.match((error as Error).message, /Authorization Violation/i);
    }
  }
}
