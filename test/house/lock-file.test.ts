import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readManifest, readText, rootDirectory } from "./support/repository.ts";

type LockedPackage = {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const lock = JSON.parse(readText("package-lock.json")) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

/** Path and entry of each package that a registry serves; the workspaces are left out. */
const served = Object.entries(lock.packages).filter(
  ([path, entry]) => path.includes("node_modules/") && entry.link !== true,
);

/** Licences that let anyone use, change and ship the code without opening their own. */
const permissiveLicences = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
]);

/** Licences of packages that state theirs where npm does not look: each has the text in its file LICENSE. */
const statedElsewhere: Readonly<Record<string, string>> = {
  "node_modules/busboy": "MIT",
  "node_modules/streamsearch": "MIT",
};

/**
 * What builds or tests something and is not in what is shipped, used as it is: Vite's compiler of CSS, the judge of
 * accessibility, what reads the arguments of the generator of clients.
 */
const buildTools = /^node_modules\/(?:lightningcss(?:-|$)|axe-core$|argparse$)/;

/** Whether an SPDX expression made of `OR` and `AND` leaves a permissive choice. */
function isPermissive(expression: string): boolean {
  const choices = expression.replaceAll(/[()]/g, "").split(" OR ");
  return choices.some((choice) =>
    choice.split(" AND ").every((licence) => permissiveLicences.has(licence.trim())),
  );
}

describe("package-lock.json", () => {
  test("names no registry, so that any mirror can serve it", () => {
    const hosts = served.filter(([, entry]) => entry.resolved !== undefined);
    assert.deepEqual(hosts, []);
  });

  test("pins every package by checksum", () => {
    const unpinned = served.filter(([, entry]) => entry.integrity === undefined);
    assert.deepEqual(unpinned, []);
  });

  test("holds the packages of every platform, not only of the one it was made on", () => {
    for (const [path, entry] of Object.entries(lock.packages)) {
      for (const name of Object.keys(entry.optionalDependencies ?? {})) {
        const isLocked =
          `node_modules/${name}` in lock.packages ||
          `${path}/node_modules/${name}` in lock.packages;
        assert.ok(isLocked, `${path || "the root"} may need ${name}, which is not locked`);
      }
    }
  });

  test("brings only permissive licences", () => {
    const refused = served
      .map(([path, entry]) => [path, entry.license ?? statedElsewhere[path] ?? "none"] as const)
      .filter(([path, licence]) => !isPermissive(licence) && !buildTools.test(path))
      .map(([path, licence]) => `${path}: ${licence}`);
    assert.deepEqual(refused, []);
  });

  test("runs code at install time only where the root allows it", () => {
    const scripted = served
      .filter(([, entry]) => entry.hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ""));
    const decided = Object.keys(readManifest(".").allowScripts ?? {});
    assert.deepEqual(scripted, decided, "the root says of each whether it may");
  });
});

test("npm scripts run on the Node that the lock file names", () => {
  const node = join(rootDirectory, "node_modules", ".bin", "node");
  const printed = execFileSync(node, ["--version"], { encoding: "utf8" });
  assert.equal(printed.trim(), `v${lock.packages["node_modules/node"]?.version}`);
});
