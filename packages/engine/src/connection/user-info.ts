import type { AccountGates } from "../auth/account-gate.ts";
import type { Identity } from "../auth/identity.ts";
import type { Permissions, SubjectPermissions } from "../options/permissions.ts";
import type { Account } from "../routing/account.ts";
import { MessageView } from "../routing/message.ts";
import { InternalSubscription } from "../routing/subscription.ts";
import type { ServerInfo } from "./server-info.ts";

const nsPerSecond = 1_000_000_000;
const nsPerMs = 1_000_000;

/** Answers `$SYS.REQ.USER.INFO`: a client asks who it is to the server. */
export class UserInfoService {
  readonly #serverInfo: ServerInfo;
  readonly #accounts: AccountGates;
  readonly #nowMs: () => number;
  readonly #answer: MessageView = new MessageView();

  constructor(serverInfo: ServerInfo, accounts: AccountGates, nowMs: () => number) {
    this.#serverInfo = serverInfo;
    this.#accounts = accounts;
    this.#nowMs = nowMs;
  }

  /** Serves the clients of an account. */
  serve(account: Account): void {
    account.subscribe(
      new InternalSubscription("$SYS.REQ.USER.INFO", (message) => this.#reply(account, message)),
    );
  }

  /** What answers and events say about the server, with a number and the time. */
  describeServer(): Readonly<Record<string, unknown>> {
    return this.#serverInfo.eventHead(this.#nowMs());
  }

  #reply(account: Account, request: MessageView): void {
    if (!request.hasReply) return;
    const body = {
      server: this.describeServer(),
      data: this.#describe(request.source?.identity, account),
    };
    const payload = Buffer.from(JSON.stringify(body));
    const answer = this.#answer;
    answer.setSubject(request.replyBuffer, request.replyStart, request.replyEnd);
    answer.setPayload(payload, 0, payload.length, 0);
    account.publish(answer);
  }

  #describe(identity: Identity | undefined, account: Account): object {
    const name = identity?.account ?? account.name;
    const { permissions, expiresAtMs, nameTag } = identity ?? {};
    const leftSeconds =
      expiresAtMs === undefined ? 0 : Math.trunc((expiresAtMs - this.#nowMs()) / 1_000);
    return {
      user: identity?.user ?? "",
      account: name,
      account_name: this.#accounts.gateOf(name).nameTag || name,
      ...(nameTag && { user_name: nameTag }),
      ...(permissions && { permissions: describePermissions(permissions) }),
      ...(leftSeconds !== 0 && { expires: leftSeconds * nsPerSecond }),
    };
  }
}

/** Permissions as nats-server shows them: lists that are empty are left out, times are nanoseconds. */
function describePermissions({ publish, subscribe, responses }: Permissions): object {
  return {
    publish: describeLists(publish),
    subscribe: describeLists(subscribe),
    ...(responses && {
      responses: {
        max: responses.countMax,
        ttl: responses.expiresMs < 0 ? responses.expiresMs : responses.expiresMs * nsPerMs,
      },
    }),
  };
}

function describeLists(lists: SubjectPermissions | undefined): object {
  const allowed = [...(lists?.allow ?? []), ...(lists?.patterns ?? [])];
  const denied = [...(lists?.deny ?? []), ...(lists?.denyPatterns ?? [])];
  return {
    ...(allowed.length > 0 && { allow: allowed }),
    ...(denied.length > 0 && { deny: denied }),
  };
}
