import { readFileSync, writeFileSync } from "node:fs";
import { reasons } from "./reasons.ts";

/** One test of a run, as the harness writes it to `results.json`. */
interface TestResult {
  readonly name: string;
  readonly status: "pass" | "fail" | "skip" | "ignored" | "hung";
  readonly error?: string;
}

interface FileResult {
  readonly file: string;
  readonly tests: readonly TestResult[];
}

interface Results {
  readonly files: readonly FileResult[];
}

/**
 * Writes docs/CONFORMANCE.md from the results of a run of nats.js' own tests against Oxbow:
 *
 *     node test/natsjs/conformance-table.ts results.json [more.json …]
 *
 * Of several runs the later one counts for a test, so that a change needs no new run of everything. Ends with status 1 if a test failed for which no reason is known.
 */
const paths = process.argv.slice(2);
if (paths.length === 0) {
  process.stderr.write("usage: conformance-table.ts results.json [more.json …]\n");
  process.exit(2);
}
const files = new Map<string, Map<string, TestResult>>();
for (const path of paths) {
  const { files: found } = JSON.parse(readFileSync(path, "utf8")) as Results;
  for (const { file, tests } of found) {
    const known = files.get(file) ?? new Map<string, TestResult>();
    for (const result of tests) known.set(result.name, result);
    files.set(file, known);
  }
}

const rows: string[] = [];
const failures: string[] = [];
const unexplained: string[] = [];
const total = { tests: 0, pass: 0, fail: 0, skip: 0 };
for (const [file, results] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const tests = [...results.values()];
  const count = (...statuses: readonly TestResult["status"][]): number =>
    tests.filter(({ status }) => statuses.includes(status)).length;
  const failed = tests.filter(({ status }) => status === "fail" || status === "hung");
  const pass = count("pass");
  const skip = count("skip", "ignored");
  total.tests += tests.length;
  total.pass += pass;
  total.fail += failed.length;
  total.skip += skip;
  const whys = new Set<string>();
  for (const { name, error = "" } of failed) {
    const why = reasons.find(({ test }) => test.test(name))?.why;
    if (why === undefined) unexplained.push(`${file}: ${name}: ${error}`);
    whys.add(why ?? "unexplained");
    failures.push(`| ${file} | ${name} | ${why ?? "**unexplained**"} |`);
  }
  if (count("ignored") > 0) whys.add("ignored by nats.js itself");
  rows.push(
    `| ${file} | ${tests.length} | ${pass} | ${failed.length} | ${skip} | ${[...whys].join("; ")} |`,
  );
}

const text = `# Conformance

The tests of nats.js, the official client, run unmodified against Oxbow in the place of \`nats-server\`, which announces
version 2.14. This page is made by [conformance-table.ts](../test/natsjs/conformance-table.ts) from the results of such a run;
the reasons are in [reasons.ts](../test/natsjs/reasons.ts).
Tests that were run more than once, as changes called for it, count by their last run; suites that the table does not
name are not covered by it.

| file | tests | passed | failed | skipped | why |
|---|---|---|---|---|---|
${rows.join("\n")}
| **all** | **${total.tests}** | **${total.pass}** | **${total.fail}** | **${total.skip}** | |

## What failed

| file | test | why |
|---|---|---|
${failures.join("\n")}
`;
writeFileSync(new URL("../../docs/CONFORMANCE.md", import.meta.url), text);
process.stdout.write(`${total.pass} of ${total.tests} passed, ${unexplained.length} unexplained\n`);
for (const line of unexplained) process.stdout.write(`  ${line}\n`);
process.exitCode = unexplained.length > 0 ? 1 : 0;
