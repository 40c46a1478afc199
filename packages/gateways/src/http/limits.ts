/** What the HTTP door holds at most, and how long it waits. */
export interface HttpLimits {
  /** Connections, whether they have asked for anything or not. */
  readonly connectionsMax: number;
  /** Bytes of the line and the headers of a request. */
  readonly headerBytesMax: number;
  /** Bytes of the body of a request to the API. */
  readonly bodyBytesMax: number;
  /** In which the headers of a request must have come. */
  readonly headersTimeoutMs: number;
  /** In which a request must have come whole. */
  readonly requestTimeoutMs: number;
  /** Bytes of an upload that must come in each such time; then it may take as long as it takes. */
  readonly uploadBytesMin: number;
  /** How long a connection may wait for its next request. */
  readonly keepAliveTimeoutMs: number;
  /** Users, each at one address, that have a connection to the engine at a time. */
  readonly callersMax: number;
  /** How long a connection to the engine that nobody asks anything of is kept. */
  readonly callerIdleMs: number;
  /** Sessions of browsers at a time, and of one user. */
  readonly sessionsMax: number;
  readonly userSessionsMax: number;
  /** How long a session lasts in which nothing is asked for, and at most. */
  readonly sessionIdleMs: number;
  readonly sessionMs: number;
  /** Logins that an address may fail in a row before it has to wait, and for how long then. */
  readonly loginsFailedMax: number;
  readonly loginPauseMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export const httpLimits: HttpLimits = {
  connectionsMax: 4_096,
  headerBytesMax: 16 * 1024,
  bodyBytesMax: 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  uploadBytesMin: 64 * 1024,
  keepAliveTimeoutMs: 60_000,
  callersMax: 1_024,
  callerIdleMs: minuteMs,
  sessionsMax: 4_096,
  userSessionsMax: 32,
  sessionIdleMs: 12 * hourMs,
  sessionMs: 7 * 24 * hourMs,
  loginsFailedMax: 10,
  loginPauseMs: minuteMs,
};
