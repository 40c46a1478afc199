export { bcryptMatches } from "./bcrypt.ts";
export { nodeHost } from "./node-host.ts";
export { passwordMatches } from "./password-matches.ts";
