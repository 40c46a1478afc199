import type { PageAnswer } from "@oxbow/engine";

/** What a monitoring page says. */
export interface MonitoringAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** JSON, indented as nats-server does. */
export function jsonAnswer(value: unknown, status = 200): MonitoringAnswer {
  return { status, contentType: "application/json", body: JSON.stringify(value, null, 2) };
}

/** JSON on one line, as the health check has it. */
export function shortJsonAnswer(value: unknown, status = 200): MonitoringAnswer {
  return { status, contentType: "application/json", body: JSON.stringify(value) };
}

export function textAnswer(status: number, text: string): MonitoringAnswer {
  return { status, contentType: "text/plain; charset=utf-8", body: `${text}\n` };
}

/** What the engine answers. */
export function pageAnswer({ status, isJson, body }: PageAnswer): MonitoringAnswer {
  const contentType = isJson ? "application/json" : "text/plain; charset=utf-8";
  return { status, contentType, body };
}

export function htmlAnswer(html: string): MonitoringAnswer {
  return { status: 200, contentType: "text/html; charset=utf-8", body: html };
}
