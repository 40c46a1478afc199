/** What tenants and users may be, and how many. */
export interface DirectoryLimits {
  readonly tenantsMax: number;
  /** Of all tenants together. */
  readonly usersMax: number;
  /** Of one user. */
  readonly keysMax: number;
  /** Of one user, to read and to write. */
  readonly patternsMax: number;
  readonly patternCharsMax: number;
  /** Of passwords that people choose. */
  readonly passwordCharsMin: number;
  readonly passwordCharsMax: number;
  readonly descriptionCharsMax: number;
}

export const directoryLimits: DirectoryLimits = {
  tenantsMax: 1_000,
  usersMax: 10_000,
  keysMax: 20,
  patternsMax: 50,
  patternCharsMax: 128,
  passwordCharsMin: 8,
  passwordCharsMax: 256,
  descriptionCharsMax: 1_024,
};
