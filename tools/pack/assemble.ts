import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compiledNames } from "./compile.ts";
import { hasOwnBuild, type Manifest, rootDirectory, type WorkspacePackage } from "./publishable.ts";

/** A door of a published package. */
interface CompiledExport {
  readonly types: string;
  readonly default: string;
}

/** Puts beside the compiled `src` in `output` what else belongs to the package that is published. */
export function assemble(each: WorkspacePackage, output: string): void {
  const { directory, manifest } = each;
  const source = join(rootDirectory, "packages", directory);
  if (hasOwnBuild(each)) cpSync(join(source, "dist"), join(output, "dist"), { recursive: true });
  if (existsSync(join(source, "bin"))) copyCommands(join(source, "bin"), join(output, "bin"));
  cpSync(join(source, "README.md"), join(output, "README.md"));
  cpSync(join(rootDirectory, "LICENSE"), join(output, "LICENSE"));
  const made = hasOwnBuild(each) ? builtManifest(manifest) : publishedManifest(manifest);
  const published = `${JSON.stringify(made, undefined, 2)}\n`;
  writeFileSync(join(output, "package.json"), published);
}

/** Commands are JavaScript or shell already; those that import from `src` must find the compiled file. */
function copyCommands(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(to)) {
    const file = join(to, name);
    writeFileSync(file, compiledNames(readFileSync(file, "utf8")));
    chmodSync(file, 0o755);
  }
}

/** The package.json to publish: the workspace's own, with doors to what was compiled, and nothing for development. */
export function publishedManifest(manifest: Manifest): Record<string, unknown> {
  const { devDependencies: _, exports, ...kept } = manifest;
  const doors = Object.entries(exports).map(([door, file]) => [door, compiledExport(file)]);
  return { ...kept, exports: Object.fromEntries(doors), files: ["src", "bin"] };
}

/** The same of a package with a build of its own, whose doors are files of no compiler. */
function builtManifest(manifest: Manifest): Record<string, unknown> {
  const { devDependencies: _, scripts: __, ...kept } = manifest;
  return { ...kept, files: ["dist"] };
}

function compiledExport(file: string): CompiledExport {
  const stem = file.replace(/\.ts$/, "");
  return { types: `${stem}.d.ts`, default: `${stem}.js` };
}
