/** A service as discovery shows it. */
export interface Service {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly version: string;
}

/** The same with its endpoints. */
export interface ServiceInfo extends Service {
  readonly endpoints: readonly {
    readonly name: string;
    readonly subject: string;
    readonly num_requests?: number;
    readonly num_errors?: number;
  }[];
}
