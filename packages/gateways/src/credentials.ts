/** What somebody shows to the engine; nothing of it where none are needed. */
export interface Credentials {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

/** Where somebody is who comes in by a gateway. */
export interface ClientAddress {
  readonly address: string;
  readonly port: number;
}
