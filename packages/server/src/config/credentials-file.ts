import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ServerConfig } from "./server-config.ts";

/** The credentials that a server has made for itself, in its data directory. */
export function credentialsFile({ data }: Pick<ServerConfig, "data">): string {
  return join(data, "owner-credentials.json");
}

/** The credentials with which the owner of a server that asks for none logs in with a browser. */
export function consoleCredentialsFile({ data }: Pick<ServerConfig, "data">): string {
  return join(data, "console-credentials.json");
}

/** Whether a server has credentials that it has made, or will make. */
export function hasOwnCredentials(config: Pick<ServerConfig, "auth" | "data" | "memory">): boolean {
  return config.auth || (!config.memory && existsSync(credentialsFile(config)));
}
