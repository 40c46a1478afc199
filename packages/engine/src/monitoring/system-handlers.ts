import type { Engine } from "../engine.ts";
import { accountStatz } from "./account-statz.ts";
import { accountInfo, accountz } from "./accountz.ts";
import { connz } from "./connz.ts";
import { healthz } from "./healthz.ts";
import { jsz, jszAccount } from "./jsz.ts";
import { gatewayz, leafz, routez } from "./no-servers.ts";
import { profilez } from "./profilez.ts";
import type { RequestOptions, RequestType } from "./request-options.ts";
import { subsz } from "./subsz.ts";
import { connzOptions, healthzOptions, jszOptions, subszOptions } from "./system-options.ts";
import { varz } from "./varz.ts";

/** What answers a request: `null` is just that it was done, `undefined` no answer at all. */
export type Data = object | null | undefined | Promise<object | null | undefined>;

/** A kind of request: what its body holds, and what answers it. */
export interface Handler<Arguments extends readonly unknown[] = []> {
  readonly type: RequestType;
  /** @throws BadRequest */
  answer(engine: Engine, options: RequestOptions, ...more: Arguments): Data;
}

/** One about `name`, as nats-server's types for it are called. */
function handler<Arguments extends readonly unknown[] = []>(
  name: string,
  answer: Handler<Arguments>["answer"],
  part = `${name}Options`,
): Handler<Arguments> {
  return { type: { name: `${name}EventOptions`, part }, answer };
}

/** Requests about the server, at `$SYS.REQ.SERVER.PING.<name>` and `$SYS.REQ.SERVER.<id>.<name>`. */
export const serverRequests: Readonly<Record<string, Handler>> = {
  VARZ: handler("Varz", (engine) => varz(engine, engine.process.facts())),
  SUBSZ: handler("Subsz", (engine, options) => subsz(engine, subszOptions(options))),
  CONNZ: handler("Connz", (engine, options) => connz(engine, connzOptions(options))),
  ROUTEZ: handler("Routez", (engine) => routez(engine)),
  GATEWAYZ: handler("Gatewayz", (engine) => gatewayz(engine)),
  LEAFZ: handler("Leafz", (engine) => leafz(engine)),
  ACCOUNTZ: handler("Accountz", (engine, options) => accountz(engine, options.text("account"))),
  JSZ: handler("Jsz", (engine, options) => jsz(engine, jszOptions(options)), "JSzOptions"),
  HEALTHZ: handler("Healthz", (engine, options) => {
    const { code, body } = healthz(engine, healthzOptions(options));
    const { status, ...problems } = body;
    return { status, status_code: code, ...problems };
  }),
  PROFILEZ: handler("Profilez", (_, options) =>
    profilez(options.text("name"), options.integer("duration", "time.Duration")),
  ),
  EXPVARZ: handler("Expvarz", ({ process }) => {
    const { memstats, cmdline } = process.variables();
    return { memstats, cmdline };
  }),
  // Requests wait in no queues here, and nothing is replicated.
  IPQUEUESZ: handler("Ipqueuesz", (_, options) => {
    options.boolean("all");
    options.text("filter");
    return {};
  }),
  RAFTZ: handler("Raftz", (_, options) => {
    options.text("account");
    options.text("group");
    return {};
  }),
};

/** Requests about an account, at `$SYS.REQ.ACCOUNT.<account>.<name>`. */
export const accountRequests: Readonly<Record<string, Handler<[account: string]>>> = {
  SUBSZ: handler("Subsz", (engine, options, account) =>
    subsz(engine, { ...subszOptions(options), isListed: true, account }),
  ),
  CONNZ: handler("Connz", (engine, options, account) =>
    connz(engine, { ...connzOptions(options), account }),
  ),
  LEAFZ: handler("Leafz", (engine) => leafz(engine)),
  JSZ: handler(
    "Jsz",
    (engine, options, account) => jszAccount(engine, { ...jszOptions(options), account }),
    "JSzOptions",
  ),
  INFO: handler("AccInfo", (engine, _, account) => accountInfo(engine, account)),
  STATZ: handler("AccountStatz", (engine, options, account) =>
    account === "PING" ? undefined : statzOf(engine, [account], options),
  ),
};

/** The request about all accounts at once. */
export const statzRequest: Handler = handler("AccountStatz", (engine, options) =>
  statzOf(engine, options.texts("accounts"), options),
);

/** What accounts of those names do, all without any; no answer where that is nothing. */
function statzOf(
  engine: Engine,
  names: readonly string[],
  options: RequestOptions,
): object | undefined {
  const hasUnused = options.boolean("include_unused");
  const answer = accountStatz(engine, names, hasUnused);
  return answer.account_statz.length === 0 && !hasUnused ? undefined : answer;
}
