import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const executables = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env["OXBOW_CHROMIUM"] ?? executables.find(existsSync);
const isRequired = process.env["OXBOW_REQUIRE_PEERS"] === "1";

/** Why tests of the console are skipped, if they are. */
export const skip: string | false =
  executablePath === undefined && !isRequired
    ? "no Chromium: install it, or set OXBOW_CHROMIUM"
    : false;

export function launchChromium(): Promise<Browser> {
  assert.ok(executablePath !== undefined, "no Chromium, and OXBOW_REQUIRE_PEERS demands one");
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
