import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { connect } from "@nats-io/transport-node";
import * as platform from "@oxbow/platform";
import { onEachTarget } from "../support/targets.ts";
import { Workbench } from "./workbench.ts";

onEachTarget("the README of the platform", (target) => {
  test("shows groups as they are", async () => {
    await using bench = await Workbench.open(target.server);
    await bench.stations.create("orders");
    const readme = await readFile(
      new URL("../../../packages/platform/README.md", import.meta.url),
      "utf8",
    );
    const snippets = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, text = ""]) => text);
    const snippet = snippets.find((text) => text.includes("Groups.open"));
    assert.ok(snippet);
    const lines: unknown[] = [];
    const names = { ...platform, connect: () => connect({ servers: target.server.url }) };
    const print = { log: (...words: unknown[]) => lines.push(words) };
    const body = snippet.replaceAll(/^import .*$/gm, "");
    const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
    const run = new AsyncFunction(...Object.keys(names), "console", body);
    await run(...Object.values(names), print);
    assert.equal(lines.length, 3);
    assert.equal((await bench.groups.list("orders")).length, 1);
  });
});
