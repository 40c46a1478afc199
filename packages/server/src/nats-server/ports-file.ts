import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where a server can be reached, as URLs, by kind of door. */
export interface ServerPorts {
  readonly nats: readonly string[];
  readonly monitoring?: readonly string[] | undefined;
  readonly websocket?: readonly string[] | undefined;
}

/** The name tools look for: they know the executable and its process. */
export function portsFilePath(directory: string, pid: number): string {
  return join(directory, `nats-server_${pid}.ports`);
}

/** Writes the ports file. It appears under its name only once it is whole. */
export function writePortsFile(path: string, ports: ServerPorts): void {
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  // A new file, and never where a link in a directory of everybody's points.
  writeFileSync(temporary, JSON.stringify(ports), { mode: 0o644, flag: "wx" });
  renameSync(temporary, path);
}

export function removePortsFile(path: string): void {
  rmSync(path, { force: true });
}
