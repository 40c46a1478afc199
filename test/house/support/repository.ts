import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository's root, with a trailing separator. */
export const rootDirectory: string = fileURLToPath(new URL("../../../", import.meta.url));

/** Entries that hold what was installed or made by a run, never what a person wrote. */
const ignoredEntries = new Set([
  ".data",
  ".git",
  ".tools",
  "coverage",
  "dist",
  "node_modules",
  "oxbow-data",
  "results",
]);

/** The part of a package.json that the house rules look at. */
export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly engines?: { readonly node?: string };
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
};

/** Paths of all files of the project below `directory`, relative to the root, with `/` between parts. */
export function listFiles(directory: string = ""): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(join(rootDirectory, directory), { withFileTypes: true })) {
    const path = join(directory, entry.name);
    // In a linked working tree `.git` is a file.
    if (ignoredEntries.has(entry.name)) continue;
    if (entry.isDirectory()) {
      files.push(...listFiles(path));
    } else {
      files.push(relative("", path).split(sep).join("/"));
    }
  }
  return files;
}

/** Directory names under `packages/`. */
export function listPackages(): string[] {
  return readdirSync(join(rootDirectory, "packages"));
}

/** Text of the file at `path`, which is relative to the root. */
export function readText(path: string): string {
  return readFileSync(join(rootDirectory, path), "utf8");
}

/** The package.json of a directory, relative to the root. */
export function readManifest(directory: string): Manifest {
  return JSON.parse(readText(`${directory}/package.json`)) as Manifest;
}
