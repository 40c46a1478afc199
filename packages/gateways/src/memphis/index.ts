export type { Credentials } from "./credentials.ts";
export { MemphisGateway, type MemphisOptions, type MemphisServices } from "./gateway.ts";
export { type GatewayLimits, gatewayLimits } from "./limits.ts";
export type { MemphisEngine } from "./memphis-engine.ts";
