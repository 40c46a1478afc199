import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { listPackages, rootDirectory } from "./support/repository.ts";

/**
 * Goal: a rule that no tool enforces is only a hope, so each rule on imports, determinism and promises is shown to
 * catch a violation. Method: plant one violation a file in a copy of the workspace, run both linters once over all
 * of them, and demand the expected rule at the expected file.
 */
type Planted = {
  readonly title: string;
  readonly file: string;
  readonly source: string;
  readonly rule: string;
};

const imports = "lint/style/noRestrictedImports";
const undeclared = "lint/correctness/noUndeclaredDependencies";
const nodeModules = "eslint(no-restricted-imports)";
const globals = "eslint(no-restricted-globals)";
const properties = "eslint(no-restricted-properties)";

const planted: readonly Planted[] = [
  {
    title: "an upward import",
    file: "packages/log/src/upward.ts",
    source: 'import "@oxbow/engine";',
    rule: imports,
  },
  {
    title: "an import across one layer",
    file: "packages/wire/src/sideways.ts",
    source: 'import "@oxbow/log";',
    rule: imports,
  },
  {
    title: "the engine in the gate",
    file: "packages/gate/src/upward.ts",
    source: 'import "@oxbow/engine";',
    rule: imports,
  },
  {
    title: "the engine in the platform",
    file: "packages/platform/src/inside.ts",
    source: 'import "@oxbow/engine";',
    rule: imports,
  },
  {
    title: "the client in the gate",
    file: "packages/gate/src/client.ts",
    source: 'import "oxbow/internal";',
    rule: imports,
  },
  {
    title: "the platform in the client",
    file: "packages/client/src/upward.ts",
    source: 'import "@oxbow/platform";',
    rule: imports,
  },
  {
    title: "the engine in a gateway",
    file: "packages/gateways/src/inside.ts",
    source: 'import "@oxbow/engine";',
    rule: imports,
  },
  {
    title: "the door in the console",
    file: "packages/console/src/door.ts",
    source: 'import "@oxbow/gateways/http";',
    rule: imports,
  },
  {
    title: "code in the types of what is said over HTTP",
    file: "packages/gateways/src/http/contract/code.ts",
    source: 'import "zod";',
    rule: imports,
  },
  {
    title: "the door in the types of what is said over HTTP",
    file: "packages/gateways/src/http/contract/door.ts",
    source: 'import "../errors.ts";',
    rule: imports,
  },
  {
    title: "testkit in shipped code",
    file: "packages/engine/src/testing.ts",
    source: 'import "@oxbow/testkit";',
    rule: imports,
  },
  {
    title: "a subpath of a package above",
    file: "packages/engine/src/subpath.ts",
    source: 'import "@oxbow/server/config";',
    rule: imports,
  },
  {
    title: "another package by its path",
    file: "packages/engine/src/by-path.ts",
    source: 'import "../../log/src/index.ts";',
    rule: imports,
  },
  {
    title: "another package by its path, in a test",
    file: "packages/server/test/by-path.test.ts",
    source: 'import "../../log/src/index.ts";',
    rule: imports,
  },
  {
    title: "an undeclared import",
    file: "packages/log/src/undeclared.ts",
    source: 'import "zod";',
    rule: undeclared,
  },
  {
    title: "a development dependency in shipped code",
    file: "packages/wire/src/development.ts",
    source: 'import "fast-check";',
    rule: undeclared,
  },
  {
    title: "an import cycle",
    file: "packages/engine/src/cycle.ts",
    source: 'import { b } from "./cycle-back.ts";\nexport const a: number = b;',
    rule: "lint/suspicious/noImportCycles",
  },
  {
    title: "the other half of an import cycle",
    file: "packages/engine/src/cycle-back.ts",
    source: 'import { a } from "./cycle.ts";\nexport const b: number = a;',
    rule: "lint/suspicious/noImportCycles",
  },
  {
    title: "files in the engine",
    file: "packages/engine/src/files.ts",
    source: 'import "node:fs/promises";',
    rule: nodeModules,
  },
  {
    title: "the random part of crypto in the engine",
    file: "packages/engine/src/random-bytes.ts",
    source:
      'import { createHash, randomBytes } from "node:crypto";\nexport { createHash, randomBytes };',
    rule: nodeModules,
  },
  {
    title: "all of crypto in the engine",
    file: "packages/engine/src/all-crypto.ts",
    source: 'import * as crypto from "node:crypto";\nexport { crypto };',
    rule: nodeModules,
  },
  {
    title: "sockets in the wire",
    file: "packages/wire/src/sockets.ts",
    source: 'import "node:net";',
    rule: nodeModules,
  },
  {
    title: "files in the log, without the prefix",
    file: "packages/log/src/bare.ts",
    source: 'import "fs";',
    rule: "lint/style/useNodejsImportProtocol",
  },
  {
    title: "the system clock in the log",
    file: "packages/log/src/clock.ts",
    source: "export const now: number = Date.now();",
    rule: properties,
  },
  {
    title: "chance in the engine",
    file: "packages/engine/src/chance.ts",
    source: "export const chance: number = Math.random();",
    rule: properties,
  },
  {
    title: "a timer in base",
    file: "packages/base/src/timer.ts",
    source: "setTimeout(() => {}, 1);",
    rule: globals,
  },
  {
    title: "the process in the wire",
    file: "packages/wire/src/environment.ts",
    source: "export const pid: number = process.pid;",
    rule: globals,
  },
  {
    title: "a request in the gate",
    file: "packages/gate/src/request.ts",
    source: 'export const answer: Promise<Response> = fetch("https://example.org");',
    rule: globals,
  },
  {
    title: "a global reached the long way",
    file: "packages/engine/src/global.ts",
    source: "export const pid: number = globalThis.process.pid;",
    rule: properties,
  },
  {
    title: "a sleep in a test",
    file: "packages/server/test/sleep.test.ts",
    source: 'import "node:timers/promises";',
    rule: nodeModules,
  },
  {
    title: "a promise nobody awaits",
    file: "packages/server/src/floating.ts",
    source: "async function run(): Promise<void> {}\nrun();",
    rule: "typescript(no-floating-promises)",
  },
  {
    title: "an async callback where none is awaited",
    file: "packages/server/src/misused.ts",
    source: "[1].forEach(async () => {});",
    rule: "typescript(no-misused-promises)",
  },
  {
    title: "a switch that forgets a case",
    file: "packages/server/src/switch.ts",
    source:
      'export function f(x: "a" | "b"): number {\n  switch (x) {\n    case "a":\n      return 1;\n  }\n  return 2;\n}',
    rule: "typescript(switch-exhaustiveness-check)",
  },
];

const workspace = mkdtempSync(join(tmpdir(), "oxbow-house-"));
after(() => rmSync(workspace, { recursive: true, force: true }));

function plant(): void {
  const manifests = listPackages().map((name) => `packages/${name}/package.json`);
  const settings = [".gitignore", ".oxlintrc.json", "biome.json", "package.json", "tsconfig.json"];
  for (const file of [...settings, ...manifests]) {
    cpSync(join(rootDirectory, file), join(workspace, file));
  }
  symlinkSync(join(rootDirectory, "node_modules"), join(workspace, "node_modules"), "junction");
  for (const { file, source } of planted) {
    mkdirSync(dirname(join(workspace, file)), { recursive: true });
    writeFileSync(join(workspace, file), `${source}\n`);
  }
}

/** Runs a linter of node_modules over the planted workspace and returns what it prints. */
function lint(script: string, ...options: string[]): string {
  const path = join(rootDirectory, "node_modules", script);
  const run = spawnSync(process.execPath, [path, ...options], {
    cwd: workspace,
    encoding: "utf8",
    maxBuffer: 16 * 1024 * 1024,
  });
  assert.equal(run.status, 1, `${script} must fail: ${run.stdout}${run.stderr}`);
  return run.stdout + run.stderr;
}

describe("the linters refuse", () => {
  plant();
  const findings = [
    lint("@biomejs/biome/bin/biome", "lint", "--reporter=concise", "--max-diagnostics=none"),
    lint("oxlint/bin/oxlint", "--type-aware", "--format=unix"),
  ]
    .join("\n")
    .replaceAll("\\", "/")
    .split("\n");

  for (const { title, file, rule } of planted) {
    test(title, () => {
      const found = findings.filter((line) => line.includes(`${file}:`));
      assert.ok(
        found.some((line) => line.includes(rule)),
        `expected ${rule} at ${file}, found:\n${found.join("\n")}`,
      );
    });
  }
});
