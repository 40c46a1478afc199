import assert from "node:assert/strict";
import { test } from "node:test";
import { quickResolve } from "../src/quick-imports.ts";

const parentURL: string = new URL("../../server/src/start.ts", import.meta.url).href;

/** Resolves; also says how often Node was asked. */
function resolver(): { resolve(specifier: string, from?: string): string; asked: string[] } {
  const hook = quickResolve();
  const asked: string[] = [];
  const context = { conditions: [], importAttributes: {} };
  const next = (specifier: string): { url: string; format: string } => {
    asked.push(specifier);
    return { url: `asked:${specifier}`, format: "module" };
  };
  return {
    resolve: (specifier, from = parentURL) =>
      hook(specifier, { ...context, parentURL: from }, next).url,
    asked,
  };
}

test("a module beside ours is where its name says", () => {
  const { resolve, asked } = resolver();
  for (const [specifier, file] of [
    ["./logger.ts", "../../server/src/logger.ts"],
    ["./config/index.ts", "../../server/src/config/index.ts"],
    ["../package.ts", "../../server/package.ts"],
  ] as const) {
    assert.equal(resolve(specifier), new URL(file, import.meta.url).href);
  }
  assert.deepEqual(asked, []);
});

test("a package of ours is asked about once, and is what Node said", () => {
  const { resolve, asked } = resolver();
  const urls = [resolve("@oxbow/log"), resolve("@oxbow/log", "file:///elsewhere.ts")];
  assert.deepEqual(urls, ["asked:@oxbow/log", "asked:@oxbow/log"]);
  assert.equal(resolve("@oxbow/wire/nats"), "asked:@oxbow/wire/nats");
  assert.deepEqual(asked, ["@oxbow/log", "@oxbow/wire/nats"]);
});

test("everything else is asked about", () => {
  const { resolve, asked } = resolver();
  const others = ["node:fs", "commander", "./lib/error.js", "../data.json", "file:///a.ts", "#x"];
  for (const specifier of others) resolve(specifier);
  resolve("./theirs.ts", "file:///home/functions/index.ts");
  assert.deepEqual(asked, [...others, "./theirs.ts"]);
});
