import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { assemble } from "./assemble.ts";
import { compile } from "./compile.ts";
import { publishablePackages, rootDirectory } from "./publishable.ts";

/**
 * `npm run pack`: makes the tarballs of the packages that are published, in `dist/` or in the directory that `--out`
 * names. What they were made of stays beside them in `build/`, to be looked at; each run begins afresh.
 */
const { values } = parseArgs({ options: { out: { type: "string" } } });
const output = resolve(values.out ?? join(rootDirectory, "dist"));
const build = join(output, "build");

rmSync(build, { recursive: true, force: true });
mkdirSync(build, { recursive: true });

const packages = publishablePackages();
compile(packages, build);
for (const each of packages) assemble(each, join(build, each.directory));

const directories = packages.map(({ directory }) => `./${directory}`);
const flags = ["--ignore-scripts", "--silent", "--pack-destination", output];
execFileSync("npm", ["pack", ...flags, ...directories], {
  cwd: build,
  stdio: "inherit",
  // On Windows npm is a script of its shell.
  shell: process.platform === "win32",
});
