export { bcryptMatches } from "./bcrypt.ts";
export { nodeHost } from "./node-host.ts";
