export { type Duration, durationMs } from "./duration.ts";
export { TestOxbow, type TestServerOptions, testServer } from "./test-oxbow.ts";
