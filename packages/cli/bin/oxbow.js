#!/usr/bin/env node
// The one file in JavaScript: to strip the types of an entry point, Node loads a compiler, which costs every start
// 14 MiB and 50 ms. Everything after this line comes, stripped, from the compile cache.
import { enableCompileCache } from "node:module";

enableCompileCache();
const { main } = await import("../src/index.ts");
process.exitCode = await main(process.argv.slice(2));
