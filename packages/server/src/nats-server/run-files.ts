import { rmSync, writeFileSync } from "node:fs";
import type { NatsServerConfig } from "./config/server-config.ts";
import { portsFilePath, removePortsFile, type ServerPorts, writePortsFile } from "./ports-file.ts";

/** The files that tell others where this process is. They are there while it can be reached. */
export class RunFiles {
  #pidFile: string | undefined;
  #portsFile: string | undefined;

  /**
   * Writes the files that a configuration asks for, and removes those of the one before.
   *
   * @throws The error of the system where a file cannot be written.
   */
  write({ pidFile, portsFileDirectory }: NatsServerConfig, ports: ServerPorts): void {
    const portsFile =
      portsFileDirectory === undefined ? undefined : portsFilePath(portsFileDirectory, process.pid);
    if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
    if (portsFile !== undefined) writePortsFile(portsFile, ports);
    if (this.#pidFile !== pidFile) this.#removePidFile();
    if (this.#portsFile !== portsFile) this.#removePortsFile();
    this.#pidFile = pidFile;
    this.#portsFile = portsFile;
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
