/** Somebody in the process who is not asked for credentials. */
export interface InProcessUser {
  /** As monitoring shows it. */
  readonly user: string;
  /** Name of the account whose messages it can see. */
  readonly account: string;
}
