#!/usr/bin/env node
// The one file in JavaScript: to strip the types of an entry point, Node loads a compiler, which costs every start
// 14 MiB and 50 ms. Everything after this line comes, stripped, from the compile cache.
import module from "node:module";

// As engines in package.json has it. An older Node would trip over the first line of TypeScript.
const OLDEST_NODE = 24;
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  const needs = `oxbow: this is Node ${process.versions.node}, and Node ${OLDEST_NODE} or newer is needed`;
  process.stderr.write(
    `${needs}: start it with npx oxbow, which takes the one that npm ci brings\n`,
  );
  process.exit(1);
}

module.enableCompileCache();

const serves = process.argv[2] === "start" || process.argv[2] === "nats-server";
if (serves && process.execve !== undefined && process.channel === undefined) {
  const { hasHeapFlags, serverFlags } = await import("../src/server-flags.ts");
  if (!hasHeapFlags(process.execArgv, process.env.NODE_OPTIONS ?? "")) {
    // The same process begins again with the flags, which V8 reads only then; 30 ms.
    // What was stripped for that would be lost with this process, and stripped again at every start.
    module.flushCompileCache();
    const args = [...process.execArgv, ...serverFlags, ...process.argv.slice(1)];
    process.execve(process.execPath, [process.execPath, ...args], process.env);
  }
}

if (serves) {
  const { importQuickly } = await import("../src/quick-imports.ts");
  importQuickly();
}

if (process.argv[2] === "nats-server") {
  // It has a command line of its own, which is nats-server's, and needs nothing of ours.
  const { runNatsServer } = await import("@oxbow/server/nats-server");
  process.exitCode = await runNatsServer(process.argv.slice(3));
} else {
  const { main } = await import("../src/index.ts");
  process.exitCode = await main(process.argv.slice(2));
}
