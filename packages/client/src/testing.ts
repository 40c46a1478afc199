import type { TestOxbow, TestServerOptions } from "@oxbow/testing";
import { clientError } from "./errors.ts";

export type { Duration, TestOxbow, TestServerOptions } from "@oxbow/testing";

/**
 * Starts a whole Oxbow within the process of a test, in memory, with a clock that the test advances, and gives a client of it. The
 * server comes with the package `@oxbow/testing`, which applications need for their tests only.
 *
 * @throws OxbowError `OPTIONS_INVALID` if that package is not installed
 */
export async function testServer(options: TestServerOptions = {}): Promise<TestOxbow> {
  let testing: typeof import("@oxbow/testing");
  try {
    testing = await import("@oxbow/testing");
  } catch (cause) {
    const text =
      "testServer needs the package @oxbow/testing: npm install --save-dev @oxbow/testing";
    throw clientError("OPTIONS_INVALID", text, { cause });
  }
  return testing.testServer(options);
}
