export type { ServerAuthorization, ServerOptions } from "./server-options.ts";
export { natsServerProgram, oxbowProgram, type ServerProgram } from "./server-program.ts";
export { type ServerExit, type ServerUrls, TestServer } from "./test-server.ts";
