import type { Engine } from "../../../src/engine.ts";
import type { EngineOptions } from "../../../src/engine-options.ts";
import type {
  AccountOptions,
  ExportOptions,
  ImportOptions,
} from "../../../src/options/accounts.ts";
import { connectClient, openEngine } from "../../connection/open-engine.ts";
import type { ManualSocket, TestHost } from "../../connection/test-host.ts";

/** What a test says of an account; its name is also the name and password of its user. */
export type TestAccount = Omit<AccountOptions, "name" | "users">;

/** Accounts with a user each, in an engine of their own. */
export class TestAccounts {
  readonly engine: Engine;
  readonly host: TestHost;

  private constructor(engine: Engine, host: TestHost) {
    this.engine = engine;
    this.host = host;
  }

  static async open(
    accounts: Readonly<Record<string, TestAccount>>,
    options: EngineOptions = {},
  ): Promise<TestAccounts> {
    const list = Object.entries(accounts).map(([name, account]) => ({
      name,
      users: [{ user: name, password: name }],
      ...account,
    }));
    const { engine, host } = await openEngine({ accounts: list, ...options });
    return new TestAccounts(engine, host);
  }

  /** A client of an account. */
  client(account: string, options: Readonly<Record<string, unknown>> = {}): ManualSocket {
    const client = connectClient(this.host, { user: account, pass: account, ...options });
    client.take();
    return client;
  }

  /** Answers that an account owes to others. */
  pendingResponses(account: string): number {
    return this.engine.account(account).sharing?.responses.count ?? 0;
  }

  /** Reply subjects in an account that answers are owed to. */
  pendingReplies(account: string): number {
    return this.engine.account(account).sharing?.replies.count ?? 0;
  }
}

export function service(subject: string, more: Partial<ExportOptions> = {}): ExportOptions {
  return { kind: "service", subject, ...more };
}

export function stream(subject: string, more: Partial<ExportOptions> = {}): ExportOptions {
  return { kind: "stream", subject, ...more };
}

export function importService(
  account: string,
  subject: string,
  more: Partial<ImportOptions> = {},
): ImportOptions {
  return { kind: "service", account, subject, ...more };
}

export function importStream(
  account: string,
  subject: string,
  more: Partial<ImportOptions> = {},
): ImportOptions {
  return { kind: "stream", account, subject, ...more };
}

/** PUB of `payload` on `subject`. */
export function pub(subject: string, payload = "", reply = ""): string {
  const to = reply === "" ? subject : `${subject} ${reply}`;
  return `PUB ${to} ${Buffer.byteLength(payload)}\r\n${payload}\r\n`;
}

/** HPUB with a block of headers, as `Name: value` lines. */
export function hpub(subject: string, headers: string[], payload = "", reply = ""): string {
  const block = `NATS/1.0\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`;
  const to = reply === "" ? subject : `${subject} ${reply}`;
  return `HPUB ${to} ${block.length} ${block.length + payload.length}\r\n${block}${payload}\r\n`;
}

/** A message as a client gets it. */
export interface Received {
  readonly subject: string;
  readonly sid: string;
  readonly reply: string;
  readonly headers: string;
  readonly payload: string;
}

/** The messages in what a client got. */
export function messages(received: string): Received[] {
  const list: Received[] = [];
  const pattern = /(H?)MSG ([^\r]*)\r\n/g;
  for (let match = pattern.exec(received); match !== null; match = pattern.exec(received)) {
    const fields = (match[2] as string).split(" ");
    const size = Number(fields.at(-1));
    const headersSize = match[1] === "H" ? Number(fields.at(-2)) : 0;
    const rest = fields.slice(2, match[1] === "H" ? -2 : -1);
    const start = pattern.lastIndex;
    list.push({
      subject: fields[0] as string,
      sid: fields[1] as string,
      reply: rest[0] ?? "",
      headers: received.slice(start, start + headersSize),
      payload: received.slice(start + headersSize, start + size),
    });
    pattern.lastIndex = start + size;
  }
  return list;
}

/** The only message in what a client got. */
export function message(received: string): Received {
  const list = messages(received);
  if (list.length !== 1) throw new Error(`expected one message: ${JSON.stringify(received)}`);
  return list[0] as Received;
}

/** What the header about who asks says. */
export function requestInfo({ headers }: Received): Record<string, unknown> {
  const value = /^Nats-Request-Info: (.*)\r$/m.exec(headers)?.[1];
  if (value === undefined) throw new Error(`no Nats-Request-Info: ${JSON.stringify(headers)}`);
  return JSON.parse(value) as Record<string, unknown>;
}
