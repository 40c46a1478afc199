export type { ClientAddress, Credentials } from "../credentials.ts";
export { MemphisGateway, type MemphisServices } from "./gateway.ts";
export { type GatewayLimits, gatewayLimits } from "./limits.ts";
export type { MemphisEngine } from "./memphis-engine.ts";
