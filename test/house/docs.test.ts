import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path/posix";
import { after, describe, test } from "node:test";
import { resolveConfig, serverOptionKeys, serverOptions } from "@oxbow/server/config";
import { configKeys } from "@oxbow/server/nats-server";
import { listFiles, readText, rootDirectory } from "./support/repository.ts";

/**
 * Goal: a document that went stale is found by the change that made it so. Method: whatever a document names that a
 * machine can look up (links, files, constants, settings) is looked up, in both directions where there are two.
 */
const files = listFiles();
const documents = files.filter((file) => file.endsWith(".md"));

/** The text of a document without its blocks of code, in which brackets mean something else. */
function proseOf(document: string): string {
  return readText(document).replaceAll(/^```[\s\S]*?^```$/gm, "");
}

/** What stands between backticks in `text`. */
function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
}

/** The cells of each row of the tables in `text`, heads and rules left out. */
function rowsOf(text: string): string[][] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const isBody = line.startsWith("|") && !/^\|[-|: ]+\|$/.test(line);
    if (!isBody || /^\|[-|: ]+\|$/.test(lines[index + 1] ?? "")) return [];
    const cells = line.split("|").slice(1, -1);
    return [cells.map((cell) => cell.trim())];
  });
}

/** The part of a document between a heading and the next one of its level. */
function section(document: string, heading: string): string {
  const parts = proseOf(document).split(/^## /m);
  const found = parts.find((part) => part.startsWith(`${heading}\n`));
  assert.ok(found, `${document} has a section "${heading}"`);
  return found;
}

describe("links between documents", () => {
  const link = /\[[^\]]*\]\(([^)\s]+)\)/g;

  /** The anchors that a document's headings make, as they are made for readers in a browser. */
  function anchorsOf(document: string): string[] {
    const headings = proseOf(document).matchAll(/^#+ (.+)$/gm);
    return [...headings].map(([, text = ""]) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    );
  }

  for (const document of documents) {
    test(`of ${document} lead somewhere`, () => {
      const broken = [...proseOf(document).matchAll(link)]
        .map(([, target = ""]) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => {
          const [path = "", anchor] = target.split("#");
          const file = path === "" ? document : normalize(join(dirname(document), path));
          if (!existsSync(join(rootDirectory, file))) return true;
          return anchor !== undefined && !anchorsOf(file).includes(anchor);
        });
      assert.deepEqual(broken, []);
    });
  }
});

describe("files that a document names", () => {
  const isFile = /^[\w./-]+\.(?:ts|js|json)$/;
  /** What a run makes, and no repository holds. */
  const made = new Set(["store.json", "owner-credentials.json"]);
  const named = documents.filter((file) => /ARCHITECTURE|LIMITS|CONFIG|DESIGN/.test(file));

  test("and directories are there", () => {
    const isDirectory = /^(?:bench|docs|packages|test)(?:\/[\w-]+)*$/;
    const missing = named.flatMap((document) =>
      codeIn(proseOf(document)).filter(
        (name) => isDirectory.test(name) && !existsSync(join(rootDirectory, name)),
      ),
    );
    assert.deepEqual(missing, []);
  });

  for (const document of named) {
    test(`are there: ${document}`, () => {
      const missing = codeIn(proseOf(document))
        .filter((name) => isFile.test(name) && !made.has(name))
        .filter((name) => !files.some((file) => file === name || file.endsWith(`/${name}`)));
      assert.deepEqual(missing, []);
    });
  }
});

test("decisions have numbers of their own, without a gap, in their file names and headings", () => {
  const decisions = documents.filter((file) => file.startsWith("docs/adr/")).sort();
  const numbers = decisions.map((file) => Number(file.slice("docs/adr/".length).split("-")[0]));
  assert.deepEqual(
    numbers,
    decisions.map((_, index) => index + 1),
  );
  for (const [index, file] of decisions.entries()) {
    assert.ok(readText(file).startsWith(`# ${index + 1}. `), file);
  }
});

test("each limit of LIMITS.md names a constant that its file has", () => {
  const link = /^\[`(\w+)`\]\(([^)]+)\)$/;
  const rows = rowsOf(proseOf("docs/LIMITS.md"));
  assert.ok(rows.length > 30, "the tables were found");
  for (const cells of rows) {
    const [, name = "", path = ""] = link.exec(cells.at(-1) ?? "") ?? [];
    assert.notEqual(name, "", `${cells[0]}: the last column links to a constant`);
    const source = readText(normalize(join("docs", path)));
    assert.match(source, new RegExp(`\\b${name}\\b`), `${path} has ${name}`);
  }
});

test("the status in README.md lists what the engine refuses, in the engine's words", () => {
  const source = readText("packages/engine/src/jetstream/config/surface.ts");
  const refused = [...source.matchAll(/feature: "([^"]+)"/g)].map(([, feature]) => feature);
  const rows = rowsOf(section("README.md", "Status"));
  const listed = rows.flatMap(([, , cell = ""]) => codeIn(cell));
  assert.deepEqual(listed.sort(), refused.sort());
});

describe("CONFIG.md", () => {
  const document = "docs/CONFIG.md";
  const options = rowsOf(section(document, "Options"));
  const directory = mkdtempSync(join(tmpdir(), "oxbow-docs-"));
  after(() => rmSync(directory, { recursive: true, force: true }));

  /** What `oxbow <command> --help` prints, without its line breaks. */
  function help(command: string): string {
    const script = join(rootDirectory, "packages/cli/bin/oxbow.js");
    const text = execFileSync(process.execPath, [script, command, "--help"], { encoding: "utf8" });
    return text.split("\nExamples:")[0]?.replaceAll(/\s+/g, " ") ?? "";
  }

  /** Flags and variables in `text`, without `--help`. */
  function settingsIn(text: string): Set<string> {
    const found = text.match(/(?<![\w-])--[a-z][a-z-]+|\bOXBOW_[A-Z_]+/g) ?? [];
    return new Set(found.filter((name) => name !== "--help"));
  }

  /** The keys a block of a file may have, as the message about an unknown one lists them. */
  async function keysOf(block: string, text: (key: string) => string): Promise<string[]> {
    const file = join(directory, "unknown.conf");
    writeFileSync(file, text("qqqqqqqqqqqq: 1"));
    const refused = await resolveConfig({ file }).then(
      () => "",
      (error: Error) => error.message,
    );
    const where = block === "" ? "unknown key" : `unknown key in ${block}`;
    const known = refused.split(`${where}: known are `)[1]?.split("\n")[0];
    assert.ok(known, `an unknown key is refused with the known ones: ${refused}`);
    return known.split(", ");
  }

  test("has one row for each option, with its flag, variable, default and nothing else", () => {
    const expected = serverOptionKeys.map((key) => {
      const { flag = "", environment = "", defaultText = "" } = serverOptions[key];
      return [flag.split(" ")[0] ?? "", environment, defaultText];
    });
    const found = options.map(([flag = "", variable = "", , initial = ""]) =>
      [flag, variable, initial].map((cell) => cell.replaceAll("`", "")),
    );
    assert.deepEqual(found, expected);
  });

  test("names the settings that oxbow start has, and no others", () => {
    const rows = [...options, ...rowsOf(section(document, "The command itself"))];
    const named = settingsIn(rows.flatMap((cells) => cells.slice(0, 2)).join(" "));
    assert.deepEqual([...named].sort(), [...settingsIn(help("start"))].sort());
  });

  test("names what the client commands share, and nothing else", () => {
    const rows = rowsOf(section(document, "The client commands"));
    const shared = rows.flatMap((cells) => cells.slice(0, 2)).join(" ");
    const own = ["sub", "bench", "demo"].map((command) => settingsIn(help(command)));
    const [first = new Set<string>(), ...others] = own;
    const common = [...first].filter((name) => others.every((set) => set.has(name)));
    assert.deepEqual(
      [...settingsIn(shared)].sort(),
      common.filter((name) => name !== "--json").sort(),
    );
  });

  test("lists the keys of every block of a file, and no others", async () => {
    const rows = rowsOf(section(document, "The file"));
    const listed = (...names: string[]): string[] =>
      rows
        .filter(([block]) => names.includes(block ?? ""))
        .flatMap(([, keys = ""]) => codeIn(keys));
    const inUsers = (key: string): string => `authorization { users: [ { ${key} } ] }`;
    const blocks = [
      [listed("top", "top, read and without effect"), await keysOf("", (key) => key)],
      [listed("`authorization`"), await keysOf("authorization", (k) => `authorization { ${k} }`)],
      [listed("each of `users`"), await keysOf("a user", inUsers)],
      [listed("`jetstream`"), await keysOf("jetstream", (key) => `jetstream { ${key} }`)],
    ] as const;
    for (const [inDocument, inCode] of blocks) {
      assert.deepEqual([...inDocument].sort(), [...inCode].sort());
    }
    const all = new Set(blocks.flatMap(([, inCode]) => inCode));
    const inOptions = options.flatMap(([, , keys = ""]) => codeIn(keys));
    assert.deepEqual(
      inOptions.filter((key) => !all.has(key)),
      [],
    );
  });

  test("lists every key of nats-server's files, in the right block, and no others", () => {
    const rows = rowsOf(section(document, "Started like nats-server"));
    const names: Readonly<Record<string, RegExp>> = {
      top: /^top/,
      authorization: /^`authorization`/,
      auth_callout: /^`auth_callout`/,
      users: /^each of `users`/,
      permissions: /^`permissions`/,
      accounts: /^each of `accounts`/,
      "accounts jetstream": /^`jetstream` of an account/,
      exports: /^each of `exports`/,
      imports: /^each of `imports`/,
      jetstream: /^`jetstream`(?! of)/,
      "jetstream limits": /^`limits` of `jetstream`/,
      tls: /^`tls`/,
      websocket: /^`websocket`/,
      leafnodes: /^`leafnodes`/,
      cluster: /^`cluster`/,
      gateway: /^`gateway`/,
    };
    assert.deepEqual(Object.keys(names), Object.keys(configKeys));
    for (const [block, keys] of Object.entries(configKeys)) {
      const listed = rows
        .filter(([cell = ""]) => names[block]?.test(cell))
        .flatMap(([, cell = ""]) => codeIn(cell));
      assert.deepEqual(listed.sort(), [...keys].sort(), block);
    }
  });

  test("shows a file that is accepted", async () => {
    const example = /^```\n(listen: [\s\S]*?)^```$/m.exec(readText(document))?.[1];
    assert.ok(example, "the example was found");
    const file = join(directory, "oxbow.conf");
    writeFileSync(file, example);
    const environment = { BILLING_PASSWORD: "b", AUDIT_PASSWORD: "a" };
    const config = await resolveConfig({ file, environment });
    assert.deepEqual(
      config.users.map(({ user }) => user),
      ["billing", "audit"],
    );
  });
});
