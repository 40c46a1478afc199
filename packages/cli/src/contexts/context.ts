import { CommandFailure } from "../failures.ts";

/** What a context says of a server. Paths of files are absolute. */
export interface Context {
  readonly description?: string;
  /** As `--server` takes it. */
  readonly server?: string;
  readonly user?: string;
  readonly password?: string;
  /** A file with the password, read at every use; the same for the token. */
  readonly passwordFile?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  /** A `.creds` file of NATS. */
  readonly creds?: string;
  /** A file with the seed of an NKey. */
  readonly nkey?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsFirst?: boolean;
}

const texts = [
  "description",
  "server",
  "user",
  "password",
  "passwordFile",
  "token",
  "tokenFile",
  "creds",
  "nkey",
  "tlsCa",
  "tlsCert",
  "tlsKey",
] as const satisfies readonly (keyof Context)[];

/** What must be read by its owner only. */
export const secretFields: readonly (keyof Context)[] = ["password", "token"];

/** Whether something that must not be seen is in it, be it in the address. */
export function hasSecret(context: Context): boolean {
  return (
    secretFields.some((field) => context[field] !== undefined) ||
    /\/\/[^/]*@/.test(context.server ?? "")
  );
}

/** The context without what must not be seen. */
export function withoutSecrets(context: Context): Context {
  const shown = secretFields
    .filter((field) => context[field] !== undefined)
    .map((field) => [field, "…"] as const);
  const { server } = context;
  return {
    ...context,
    ...(server !== undefined && { server: server.replaceAll(/(\/\/)[^/@,]*@/g, "$1…@") }),
    ...Object.fromEntries(shown),
  };
}

/** How one connects with it, for people. */
export function identityText(context: Context): string {
  if (context.user !== undefined) return `user ${context.user}`;
  if (context.token !== undefined || context.tokenFile !== undefined) return "token";
  if (context.creds !== undefined) return `creds ${context.creds}`;
  if (context.nkey !== undefined) return `nkey ${context.nkey}`;
  return "nobody";
}

/** @throws CommandFailure for what is no context, naming the file */
export function readContext(text: string, path: string): Context {
  const fail = (what: string): CommandFailure =>
    new CommandFailure(`${path} ${what}: mend it, or remove the context and add it again`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(`is no JSON (${(error as Error).message})`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw fail("is no object");
  }
  for (const [key, field] of Object.entries(value)) {
    const isText = (texts as readonly string[]).includes(key);
    if (!isText && key !== "tlsFirst") throw fail(`has an unknown ${key}`);
    if (typeof field !== (isText ? "string" : "boolean")) throw fail(`has no such ${key}`);
  }
  return value as Context;
}

/** @throws CommandFailure for what can't be the name of a file everywhere */
export function contextName(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(name)) return name;
  throw new CommandFailure(
    `${JSON.stringify(name)} is no name for a context: use up to 64 letters, digits, "_", "-" and "."`,
  );
}
