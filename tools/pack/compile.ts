import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { hasOwnBuild, rootDirectory, type WorkspacePackage } from "./publishable.ts";

/**
 * Compiles `src` of each package to `<output>/<directory>/src`: JavaScript, declarations, and source maps that carry
 * their sources. The compiler prints what it finds wrong; then this throws.
 */
export function compile(packages: readonly WorkspacePackage[], output: string): void {
  const compiled = packages.filter((each) => !hasOwnBuild(each));
  const project = join(output, "tsconfig.json");
  const settings = {
    extends: join(rootDirectory, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      rootDir: join(rootDirectory, "packages"),
      outDir: output,
      sourceMap: true,
      // The sources themselves are not shipped, and a map without them would point nowhere.
      inlineSources: true,
      typeRoots: [join(rootDirectory, "node_modules/@types")],
    },
    include: compiled.map(({ directory }) => join(rootDirectory, "packages", directory, "src")),
  };
  writeFileSync(project, JSON.stringify(settings));
  const compiler = join(rootDirectory, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "--project", project], { stdio: "inherit" });
  // It names directories of this machine, and nobody needs it any more.
  rmSync(project);
  for (const { directory } of compiled) pointAtCompiled(join(output, directory));
}

/**
 * Points what still names a TypeScript file at the compiled one: the compiler leaves imports in declarations and
 * `new URL("./worker.ts", import.meta.url)` as they were written.
 */
function pointAtCompiled(directory: string): void {
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    const file = join(directory, name);
    if (name.endsWith(".js.map")) nameSourceBeside(file);
    if (!/\.(?:js|d\.ts)$/.test(name)) continue;
    const text = readFileSync(file, "utf8");
    const pointed = compiledNames(text);
    if (pointed !== text) writeFileSync(file, pointed);
  }
}

/** The compiler names a source by its way from the output, which may lead through directories of this machine. */
function nameSourceBeside(file: string): void {
  const map = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...map, sources: [`${basename(file, ".js.map")}.ts`] }));
}

/** `text` of a module with each relative path to a `.ts` file named as what it compiles to. */
export function compiledNames(text: string): string {
  return text.replaceAll(/(["'])(\.{1,2}\/[^"'\n]*)\.ts\1/g, "$1$2.js$1");
}
