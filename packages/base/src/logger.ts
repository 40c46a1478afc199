/** Fields of a log line. Fixed keys: stream, consumer, station, sequence, clientId, durationMs, code. Never secrets. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Structured logging. `error`: data or availability is at risk and someone must act. `warn`: degraded, heals itself.
 * `info`: lifecycle and configuration. `debug`: per connection. `trace`: per request. Steady traffic logs nothing.
 */
export interface Logger {
  error(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  debug(fields: LogFields, message: string): void;
  trace(fields: LogFields, message: string): void;
}

const ignore = (): void => {};

/** A logger that drops everything: the default of embedded engines and tests. */
export const silentLogger: Logger = {
  error: ignore,
  warn: ignore,
  info: ignore,
  debug: ignore,
  trace: ignore,
};
