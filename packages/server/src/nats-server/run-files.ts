import { rmSync, writeFileSync } from "node:fs";
import type { NatsServerConfig } from "./config/server-config.ts";
import type { ServerLog } from "./log/server-log.ts";
import { portsFilePath, removePortsFile, type ServerPorts, writePortsFile } from "./ports-file.ts";

/** The files that tell others where this process is. They are there while it can be reached. */
export class RunFiles {
  #pidFile: string | undefined;
  #portsFile: string | undefined;

  /**
   * Writes the files that a configuration asks for, and removes those of the one before. A ports file that can't be
   * written is a line in the log, as with nats-server.
   *
   * @returns Why the pid file can't be written; `undefined` where it is.
   */
  write(
    { pidFile, portsFileDirectory }: NatsServerConfig,
    ports: ServerPorts,
    log: ServerLog,
  ): string | undefined {
    const portsFile =
      portsFileDirectory === undefined ? undefined : portsFilePath(portsFileDirectory, process.pid);
    const problem =
      pidFile === undefined
        ? undefined
        : problemOf(() => writeFileSync(pidFile, String(process.pid)));
    if (portsFile !== undefined) {
      const portsProblem = problemOf(() => writePortsFile(portsFile, ports));
      if (portsProblem !== undefined) {
        log.error(`Error writing ports file (${portsFile}): ${portsProblem}`);
      }
    }
    if (this.#pidFile !== pidFile) this.#removePidFile();
    if (this.#portsFile !== portsFile) this.#removePortsFile();
    this.#pidFile = pidFile;
    this.#portsFile = portsFile;
    return problem;
  }

  remove(): void {
    this.#removePidFile();
    this.#removePortsFile();
  }

  #removePidFile(): void {
    if (this.#pidFile !== undefined) rmSync(this.#pidFile, { force: true });
  }

  #removePortsFile(): void {
    if (this.#portsFile !== undefined) removePortsFile(this.#portsFile);
  }
}

function problemOf(write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
