import { PlatformService, type PlatformServiceOptions } from "@oxbow/platform";
import { ControlClient } from "oxbow/control";
import { deleteStreams, type StoringServer } from "../support/delete-streams.ts";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";

/** A platform on a connection of its own, and a client that asks it. Leaves no stream behind when disposed of. */
export class ServiceBench implements AsyncDisposable {
  readonly platform: OfficialClient;
  readonly service: PlatformService;
  readonly client: OfficialClient;
  readonly control: ControlClient;
  readonly #server: StoringServer;

  private constructor(
    server: StoringServer,
    platform: OfficialClient,
    service: PlatformService,
    client: OfficialClient,
  ) {
    this.#server = server;
    this.platform = platform;
    this.service = service;
    this.client = client;
    this.control = new ControlClient(client.nc);
  }

  static async open(
    server: StoringServer,
    options: Partial<PlatformServiceOptions> = {},
  ): Promise<ServiceBench> {
    const platform = await openOfficialClient(server);
    const service = await PlatformService.open(platform.nc, { version: "1.2.3", ...options });
    return new ServiceBench(server, platform, service, await openOfficialClient(server));
  }

  /** Asks as any client can: what comes is not looked at. */
  async ask(subject: string, body: string | Uint8Array = ""): Promise<Record<string, unknown>> {
    const { data } = await this.client.nc.request(subject, body, { timeout: 20_000 });
    return JSON.parse(new TextDecoder().decode(data)) as Record<string, unknown>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.close();
    await deleteStreams(this.client, this.#server);
    await this.client[Symbol.asyncDispose]();
    await this.platform[Symbol.asyncDispose]();
  }
}
