export type { ClientAddress, Credentials } from "../credentials.ts";
export { type MemphisRestEngine, MemphisRestGateway } from "./rest-gateway.ts";
