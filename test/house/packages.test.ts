import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  listFiles,
  listPackages,
  type Manifest,
  readManifest,
  readText,
  rootDirectory,
} from "./support/repository.ts";

/** What a compiler takes by itself: types of a package, where that is imported. */
function isTypes(dependency: string, directory: string): boolean {
  const typed = /^@types\/(.+)$/.exec(dependency)?.[1];
  return typed !== undefined && isImported(typed, directory);
}

/** Whether a file of `directory` imports `dependency` or one of its subpaths. */
function isImported(dependency: string, directory: string): boolean {
  const specifier = new RegExp(`["']${dependency.replaceAll("/", "\\/")}(?:/[^"']*)?["']`);
  return listFiles(directory).some(
    (file) => /\.tsx?$/.test(file) && specifier.test(readText(file)),
  );
}

function dependenciesOf(manifest: Manifest): Readonly<Record<string, string>> {
  return { ...manifest.dependencies, ...manifest.devDependencies };
}

const root = readManifest(".");

for (const name of listPackages()) {
  const directory = `packages/${name}`;
  const manifest = readManifest(directory);

  describe(`packages/${name}`, () => {
    test("carries the project's name, version, licence and engine", () => {
      assert.equal(manifest.name, name === "client" ? "oxbow" : `@oxbow/${name}`);
      assert.equal(manifest.version, root.version);
      assert.equal(manifest.license, "Apache-2.0");
      assert.equal(manifest.type, "module");
      assert.deepEqual(manifest.engines, { node: ">=24" });
      assert.match(manifest.description ?? "", /^[A-Z].*\.$/, "a description is a sentence");
    });

    test("exports and commands point at files that exist", () => {
      const targets = [
        ...Object.values(manifest.exports ?? {}),
        ...Object.values(manifest.bin ?? {}),
      ];
      assert.ok(targets.length > 0, "a package has a public door");
      for (const target of targets) {
        assert.ok(existsSync(join(rootDirectory, directory, target)), target);
      }
    });

    test("names its siblings by the version they all share", () => {
      for (const [dependency, range] of Object.entries(dependenciesOf(manifest))) {
        if (dependency === "oxbow" || dependency.startsWith("@oxbow/")) {
          assert.equal(range, root.version, dependency);
        }
      }
    });

    test("imports every dependency it declares", () => {
      const unused = Object.keys(dependenciesOf(manifest)).filter(
        (dependency) => !isImported(dependency, directory) && !isTypes(dependency, directory),
      );
      assert.deepEqual(unused, []);
    });
  });
}

test("a command is a script for the Node that stands first on PATH", () => {
  for (const name of listPackages()) {
    for (const target of Object.values(readManifest(`packages/${name}`).bin ?? {})) {
      assert.match(readText(join("packages", name, target)), /^#!\/usr\/bin\/env node\n/, target);
    }
  }
});

test("the root is private, so that it is never published by mistake", () => {
  assert.equal(root.private, true);
  assert.equal(root.license, "Apache-2.0");
  assert.match(readText("LICENSE"), /Apache License\s+Version 2\.0, January 2004/);
});
