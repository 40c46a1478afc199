import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository's root, with a trailing separator. */
export const rootDirectory: string = fileURLToPath(new URL("../../", import.meta.url));

/** What packing reads of a workspace package's package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A package of the workspace: its directory below `packages/`, and its package.json. */
export interface WorkspacePackage {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** Whether a package has a build of its own, into `dist`, instead of modules that are compiled. */
export function hasOwnBuild({ manifest }: WorkspacePackage): boolean {
  return manifest.scripts?.["build"] !== undefined;
}

/** What people install by name: the command, the client and its test server, and what an application embeds. */
const DOORS = ["@oxbow/cli", "@oxbow/engine", "@oxbow/node-host", "@oxbow/testing", "oxbow"];

/** The packages to publish: the doors and whatever of the workspace they depend on, sorted by directory. */
export function publishablePackages(): readonly WorkspacePackage[] {
  const workspace = new Map(workspacePackages().map((each) => [each.manifest.name, each]));
  const found = new Set<WorkspacePackage>();
  const visit = (name: string): void => {
    const each = workspace.get(name);
    if (each === undefined || found.has(each)) return;
    found.add(each);
    for (const dependency of Object.keys(each.manifest.dependencies ?? {})) visit(dependency);
  };
  for (const door of DOORS) visit(door);
  return [...found].sort((a, b) => (a.directory < b.directory ? -1 : 1));
}

function workspacePackages(): WorkspacePackage[] {
  const files = globSync("packages/{*,*/*}/package.json", { cwd: rootDirectory });
  return files.map((file) => ({
    directory: dirname(file).replaceAll("\\", "/").slice("packages/".length),
    manifest: JSON.parse(readFileSync(join(rootDirectory, file), "utf8")) as Manifest,
  }));
}
