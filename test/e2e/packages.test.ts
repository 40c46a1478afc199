import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { examplesIn, readmeExample } from "../interop/support/readme-examples.ts";

/**
 * Goal: whoever installs the packages can embed the engine and run its commands, though nothing in the workspace is
 * ever built. Method: pack, install into an empty project outside of the workspace, and use it there. Packages of
 * others are copied from the workspace, so that no registry is asked.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "oxbow-packages-"));
const tarballs = join(directory, "tarballs");
const project = join(directory, "project");
after(() => rmSync(directory, { recursive: true, force: true }));

/** What the project has of others beside what our packages bring: the client and the types of Node. */
const ofOthers = ["@nats-io/nats-core", "@nats-io/jetstream", "@types/node"];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function manifestIn(path: string): Manifest {
  return JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest;
}

/** Runs a program in the project, on the Node of this test, and gives what it prints. */
function run(program: string, ...args: string[]): string {
  const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`;
  return execFileSync(program, args, {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, PATH: path },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Copies a package that the workspace has installed to where npm would put it, with all it depends on. */
function copyInstalled(name: string, neededBy: string): void {
  const target = join(project, "node_modules", name);
  if (existsSync(target)) return;
  const places = [join(neededBy, "node_modules", name), join(root, "node_modules", name)];
  const source = places.find((place) => existsSync(place));
  assert.ok(source, `${name} is installed in the workspace`);
  cpSync(source, target, { recursive: true });
  for (const dependency of Object.keys(manifestIn(source).dependencies ?? {})) {
    copyInstalled(dependency, source);
  }
}

function isOurs(name: string): boolean {
  return name === "oxbow" || name.startsWith("@oxbow/");
}

/** Where npm has put one of our packages, by its directory in the workspace. */
function installedDirectory(name: string): string {
  return join(project, "node_modules", manifestIn(join(root, "packages", name)).name);
}

describe("the packages as they are published", () => {
  let names: string[] = [];

  before(() => {
    mkdirSync(project);
    run(process.execPath, join(root, "tools/pack/run.ts"), "--out", tarballs);
    const files = readdirSync(tarballs).filter((file) => file.endsWith(".tgz"));
    names = readdirSync(join(tarballs, "build"));
    const own = names.map((name) => join(root, "packages", name));
    for (const source of own) {
      for (const dependency of Object.keys(manifestIn(source).dependencies ?? {})) {
        if (!isOurs(dependency)) copyInstalled(dependency, source);
      }
    }
    for (const name of ofOthers) copyInstalled(name, root);

    const versions = ofOthers.map((name) => [
      name,
      manifestIn(join(project, "node_modules", name)).version,
    ]);
    const manifest = { private: true, type: "module", dependencies: Object.fromEntries(versions) };
    writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
    const flags = ["--offline", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    run("npm", "install", ...flags, ...files.map((file) => join(tarballs, file)));
  });

  test("are the command, the client, what an application embeds, and what these need", () => {
    for (const name of ["cli", "client", "engine", "node-host", "testing"]) {
      assert.ok(names.includes(name), name);
    }
    const expected = names.filter((name) => name !== "client").sort();
    const installed = readdirSync(join(project, "node_modules/@oxbow"));
    assert.deepEqual(installed.sort(), expected);
    assert.ok(existsSync(installedDirectory("client")));
    // What is for the tests of this repository is not for others.
    assert.ok(!names.includes("testkit"));
  });

  test("hold no TypeScript but declarations, and no path of the machine they were made on", () => {
    for (const name of names) {
      const installed = installedDirectory(name);
      const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
      assert.deepEqual(
        files.filter((file) => /(?<!\.d)\.ts$/.test(file)),
        [],
      );
      for (const kind of ["README.md", "LICENSE", "package.json"]) {
        assert.ok(files.includes(kind), `${name} has ${kind}`);
      }
      for (const file of files.filter((each) => /\.(?:js|ts|map|json)$/.test(each))) {
        const text = readFileSync(join(installed, file), "utf8");
        assert.ok(!text.includes(root.slice(1)) && !text.includes(directory), `${name}/${file}`);
      }
    }
  });

  test("open at every door", () => {
    const doors = names.flatMap((name) => {
      const { name: published, exports = {} } = manifestIn(join(root, "packages", name));
      // A page in a browser is found by its package.json.
      const modules = Object.keys(exports).filter((door) => !door.endsWith(".json"));
      return modules.map((door) => join(published, door));
    });
    const code = doors.map((door) => `await import(${JSON.stringify(door)});`).join("\n");
    writeFileSync(join(project, "doors.js"), code);
    assert.equal(run(process.execPath, "doors.js"), "");
  });

  test("embed the engine with the example of its README", async (t) => {
    const { code, prints } = await readmeExample("engine", "webSocketInProcess");
    const timed = code.replace(
      /^(const engine = await Engine\.open.*)$/m,
      "const openedAtMs = performance.now();\n$1\nconst openMs = performance.now() - openedAtMs;",
    );
    const report = "console.log(openMs.toFixed(1));";
    writeFileSync(join(project, "embed.js"), `${timed}\n${report}\n`);
    const printed = run(process.execPath, "embed.js").split("\n");
    assert.deepEqual(printed.slice(0, -2), prints);
    const second = printed.at(-2);
    t.diagnostic(`the engine opened in ${second} ms`);
  });

  test("produce, consume and test with the example of the test server", async () => {
    const [example] = examplesIn("testing");
    assert.ok(example);
    // Plain JavaScript: who has no compiler gets the same.
    const code = example.code.replace("station<string>", "station");
    writeFileSync(join(project, "testing.js"), code);
    const output = run(process.execPath, "testing.js");
    assert.equal(output, `${example.prints.join("\n")}\n`);
  });

  test("check a password, which a worker does", () => {
    const hash = run(
      process.execPath,
      "--eval",
      'require("bcryptjs").hash("s3cret", 4).then((hash) => process.stdout.write(hash))',
    );
    const code = `
      import { nodeHost } from "@oxbow/node-host";
      const hash = ${JSON.stringify(hash)};
      console.log(await nodeHost().passwordHashes.verify("s3cret", hash));
      process.exit();`;
    writeFileSync(join(project, "password.js"), code);
    assert.equal(run(process.execPath, "password.js"), "true\n");
  });

  test("declare their types to an application", async () => {
    const { code } = await readmeExample("engine", "webSocketInProcess");
    writeFileSync(join(project, "embed.ts"), code);
    writeFileSync(join(project, "testing.ts"), examplesIn("testing")[0]?.code ?? "");
    const settings = {
      compilerOptions: {
        noEmit: true,
        strict: true,
        skipLibCheck: false,
        target: "es2024",
        lib: ["es2024", "esnext.disposable"],
        module: "nodenext",
        types: ["node"],
      },
      files: ["embed.ts", "testing.ts"],
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(settings));
    run(process.execPath, join(root, "node_modules/typescript/bin/tsc"));
  });

  test("run their commands", () => {
    const { version } = manifestIn(root);
    assert.match(run("npx", "--offline", "oxbow", "--version"), new RegExp(`\\b${version}\\b`));
    const server = join(project, "node_modules/@oxbow/engine/bin/nats-server");
    assert.match(run(server, "--version"), /^nats-server: v\d+\.\d+\.\d+/);
  });
});
