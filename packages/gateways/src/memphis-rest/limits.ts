/** What the REST gateway of Memphis takes, and for how long. */
export interface RestLimits {
  readonly connectionsMax: number;
  readonly bodyBytesMax: number;
  readonly batchMessagesMax: number;
  readonly fetchMessagesMax: number;
  readonly waitMsMax: number;
  /** Who has authenticated at a time; the one that asked longest ago has to do so again. */
  readonly sessionsMax: number;
  /** Of tokens, by default and at most. */
  readonly tokenMinutesDefault: number;
  readonly refreshMinutesDefault: number;
  readonly tokenMinutesMax: number;
}

export const restLimits: RestLimits = {
  connectionsMax: 4_096,
  bodyBytesMax: 64 * 1024 * 1024,
  batchMessagesMax: 10_000,
  fetchMessagesMax: 1_000,
  waitMsMax: 60_000,
  sessionsMax: 1_024,
  tokenMinutesDefault: 15,
  refreshMinutesDefault: 300,
  tokenMinutesMax: 365 * 24 * 60,
};
