/** What a name in a subject is the name of. */
export type NameKind =
  | "station"
  | "group"
  | "schema"
  | "user"
  | "tenant"
  | "channel"
  | "rule"
  | "ingest";

/** The types of an operation: of the names in its subject, of what it is asked and of what it answers. */
export interface Operation<Names extends readonly NameKind[], Request, Response> {
  readonly names: Names;
  readonly request: Request;
  readonly response: Response;
}

/** Where an operation is asked for, and what it does. */
export interface OperationEntry<Names extends readonly NameKind[] = readonly NameKind[]> {
  /** Behind `$OXBOW.API.`; the names follow. */
  readonly subject: string;
  readonly names: Names;
  /** One sentence without its full stop. */
  readonly summary: string;
  /** Names of the types, for people. */
  readonly request: string;
  readonly response: string;
  /** Whether it changes anything. */
  readonly isChange: boolean;
}

/** An entry for each operation of a noun. */
export type Entries<Types> = {
  readonly [Name in keyof Types]: Types[Name] extends {
    readonly names: infer Names extends readonly NameKind[];
  }
    ? OperationEntry<Names>
    : never;
};

export const read = { isChange: false } as const;
export const change = { isChange: true } as const;
/** The type of a request without fields. */
export const none = "{}";

export const ofStation: ["station"] = ["station"];
export const ofGroup: ["station", "group"] = ["station", "group"];
export const ofIngest: ["station", "ingest"] = ["station", "ingest"];
export const ofSchema: ["schema"] = ["schema"];
export const ofUser: ["user"] = ["user"];
export const ofTenant: ["tenant"] = ["tenant"];
export const ofChannel: ["channel"] = ["channel"];
export const ofRule: ["rule"] = ["rule"];
