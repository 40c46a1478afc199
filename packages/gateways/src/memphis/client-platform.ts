import type { NatsConnection } from "@nats-io/nats-core";
import { OxbowError } from "@oxbow/base";
import type { Groups, Schemas, Stations } from "@oxbow/platform";
import { ControlClient, type StationDefaults } from "oxbow/control";
import { UserPlatform } from "./user-platform.ts";

/** What of the platform clients of Memphis use. */
export type ClientStations = Pick<Stations, "find" | "create" | "delete">;
export type ClientGroups = Pick<Groups, "find" | "get" | "create" | "edit" | "delete">;
export type ClientSchemas = Pick<
  Schemas,
  "find" | "get" | "create" | "addVersion" | "attach" | "detach"
>;

/**
 * The platform in the name of a client: asked by the control API where somebody answers that, so that it holds once it is
 * answered, is recorded, and takes what roles allow; else done with JetStream itself.
 */
export class ClientPlatform {
  readonly #direct: UserPlatform;
  readonly #user: string | undefined;
  #isAsked: Promise<boolean> | undefined = undefined;

  /** @param open - Connects as the client's user. */
  constructor(open: () => Promise<NatsConnection>, user: string | undefined) {
    this.#direct = new UserPlatform(open);
    this.#user = user;
  }

  connection(): Promise<NatsConnection> {
    return this.#direct.connection();
  }

  async stations(): Promise<ClientStations> {
    const control = await this.#control();
    return control === undefined ? this.#direct.stations() : stationsOf(control);
  }

  /** What stations are like where nobody says so, and whether they make themselves. */
  async defaults(): Promise<StationDefaults> {
    const control = await this.#control();
    return control === undefined
      ? this.#direct.defaults()
      : control.call("station.defaults", {}, {});
  }

  async groups(): Promise<ClientGroups> {
    const control = await this.#control();
    return control === undefined ? this.#direct.groups() : groupsOf(control);
  }

  async schemas(): Promise<ClientSchemas> {
    const control = await this.#control();
    return control === undefined ? this.#direct.schemas() : schemasOf(control);
  }

  close(): Promise<void> {
    return this.#direct.close();
  }

  /** `undefined` where nobody answers, or not this user. */
  async #control(): Promise<ControlClient | undefined> {
    const control = new ControlClient(await this.connection(), { user: this.#user });
    if (this.#isAsked === undefined) {
      const asked = isAnswered(control);
      this.#isAsked = asked;
      asked.catch(() => (this.#isAsked = undefined));
    }
    return (await this.#isAsked) ? control : undefined;
  }
}

async function isAnswered(control: ControlClient): Promise<boolean> {
  try {
    await control.call("platform.info", {}, {});
    return true;
  } catch (error) {
    if (hasCode(error, "API_UNAVAILABLE", "ACCESS_DENIED")) return false;
    throw error;
  }
}

function stationsOf(control: ControlClient): ClientStations {
  return {
    find: (station) =>
      found("STATION_NOT_FOUND", () => control.call("station.get", { station }, {})),
    create: (station, request = {}) => control.call("station.create", { station }, request),
    delete: async (station) => (await control.call("station.delete", { station }, {})).isDeleted,
  };
}

function groupsOf(control: ControlClient): ClientGroups {
  const get: ClientGroups["get"] = (station, group) =>
    control.call("group.get", { station, group }, {});
  return {
    get,
    find: (station, group) => found("GROUP_NOT_FOUND", () => get(station, group)),
    create: (station, group, request = {}) =>
      control.call("group.create", { station, group }, request),
    edit: (station, group, changes) => control.call("group.edit", { station, group }, changes),
    delete: async (station, group) =>
      (await control.call("group.delete", { station, group }, {})).isDeleted,
  };
}

function schemasOf(control: ControlClient): ClientSchemas {
  const get: ClientSchemas["get"] = (schema) => control.call("schema.get", { schema }, {});
  return {
    get,
    find: (schema) => found("SCHEMA_NOT_FOUND", () => get(schema)),
    create: (schema, request) => control.call("schema.create", { schema }, request),
    addVersion: (schema, version, options = {}) =>
      control.call("schema.addVersion", { schema }, { ...version, ...options }),
    attach: (station, request) => control.call("attachment.set", { station }, request),
    detach: async (station) => (await control.call("attachment.delete", { station }, {})).isDeleted,
  };
}

async function found<T>(code: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (hasCode(error, code)) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof OxbowError && codes.includes(error.code);
}
