import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository's root, with a trailing separator. */
export const rootDirectory: string = fileURLToPath(new URL("../../", import.meta.url));

/** What packing reads of a workspace package's package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A package of the workspace: its directory below `packages/`, and its package.json. */
export interface WorkspacePackage {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** What people install by name: the command, and what an application embeds. */
const DOORS = ["cli", "engine", "node-host"];

const SCOPE = "@oxbow/";

/** The packages to publish: the doors and whatever of the workspace they depend on, sorted by name. */
export function publishablePackages(): readonly WorkspacePackage[] {
  const found = new Map<string, WorkspacePackage>();
  const visit = (directory: string): void => {
    if (found.has(directory)) return;
    const text = readFileSync(join(rootDirectory, "packages", directory, "package.json"), "utf8");
    const manifest = JSON.parse(text) as Manifest;
    found.set(directory, { directory, manifest });
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (name.startsWith(SCOPE)) visit(name.slice(SCOPE.length));
    }
  };
  for (const door of DOORS) visit(door);
  return [...found.values()].sort((a, b) => (a.directory < b.directory ? -1 : 1));
}
