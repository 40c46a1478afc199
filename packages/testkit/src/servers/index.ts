export type { ServerAuthorization, ServerOptions } from "./server-options.ts";
export {
  natsServerProgram,
  oxbowProgram,
  type ServerPlace,
  type ServerProgram,
} from "./server-program.ts";
export { type ServerExit, TestServer } from "./test-server.ts";
