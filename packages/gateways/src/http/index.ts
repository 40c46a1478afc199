export { apiPath } from "./api/api-path.ts";
export type { Method } from "./api/route.ts";
export { routes } from "./api/routes/index.ts";
export { type HttpErrorCode, httpError } from "./errors.ts";
export type { HttpEngine } from "./http-engine.ts";
export { HttpGateway, type HttpServices } from "./http-gateway.ts";
export { type HttpLimits, httpLimits } from "./limits.ts";
export { metricNames } from "./observe/families.ts";
export type { HealthCheck, ServerFacts } from "./observe/server-facts.ts";
export { type Problem, problemOf } from "./problems/problem.ts";
export type {
  ConnectionQuestion,
  LogLine,
  Setting,
  SystemConnection,
  SystemPort,
  SystemState,
} from "./system/system-port.ts";
