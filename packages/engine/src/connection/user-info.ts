import type { Account } from "../routing/account.ts";
import { MessageView } from "../routing/message.ts";
import { InternalSubscription } from "../routing/subscription.ts";
import { SERVER_VERSION, type ServerInfo } from "./server-info.ts";

/** Answers `$SYS.REQ.USER.INFO`: a client asks who it is to the server. */
export class UserInfoService {
  readonly #serverInfo: ServerInfo;
  readonly #nowMs: () => number;
  readonly #hasJetStream: boolean;
  readonly #answer: MessageView = new MessageView();
  #sequence = 0;

  constructor(serverInfo: ServerInfo, hasJetStream: boolean, nowMs: () => number) {
    this.#serverInfo = serverInfo;
    this.#hasJetStream = hasJetStream;
    this.#nowMs = nowMs;
  }

  /** Serves the clients of an account. */
  serve(account: Account): void {
    account.subscribe(
      new InternalSubscription("$SYS.REQ.USER.INFO", (message) => this.#reply(account, message)),
    );
  }

  #reply(account: Account, request: MessageView): void {
    if (!request.hasReply) return;
    const { id, name, host } = this.#serverInfo;
    const body = {
      server: {
        name,
        host,
        id,
        ver: SERVER_VERSION,
        jetstream: this.#hasJetStream,
        flags: 0,
        seq: ++this.#sequence,
        time: new Date(this.#nowMs()).toISOString(),
      },
      data: { user: request.source?.user ?? "", account: account.name, account_name: account.name },
    };
    const payload = Buffer.from(JSON.stringify(body));
    const answer = this.#answer;
    answer.setSubject(request.replyBuffer, request.replyStart, request.replyEnd);
    answer.setPayload(payload, 0, payload.length, 0);
    account.publish(answer);
  }
}
