export type { Credentials } from "./credentials.ts";
export { MemphisGateway, type MemphisServices } from "./gateway.ts";
export { type GatewayLimits, gatewayLimits } from "./limits.ts";
export type { ClientAddress, MemphisEngine } from "./memphis-engine.ts";
