import type { Clock, Logger, Random, Timer } from "@oxbow/base";
import type { Sender } from "../../jetstream/sender.ts";
import type { AccountResolver } from "../../options/authorization.ts";
import { randomName } from "../../random-name.ts";
import type { Account } from "../../routing/account.ts";
import type { MessageView } from "../../routing/message.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import { isNkey } from "../nkey.ts";

/** What a {@link ClaimsExchange} uses. */
export interface ExchangeServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly resolver: AccountResolver;
  readonly systemAccount: Account;
  readonly sender: Sender;
}

const inboxIdSize = 22;
const packSubject = "$SYS.REQ.CLAIMS.PACK";

/** Asks whoever else keeps JWTs of accounts, in the system account, for those this server does not have. */
export class ClaimsExchange {
  readonly #services: ExchangeServices;
  /** Where answers come to: this server's own requests begin with it. */
  readonly #inbox: string;
  #sync: Timer | undefined = undefined;

  constructor(services: ExchangeServices) {
    this.#services = services;
    this.#inbox = `$SYS._INBOX.${randomName(services.random, inboxIdSize)}`;
  }

  /** Begins to compare what the resolver has with what others have, now and then. */
  start(): void {
    const { systemAccount, resolver } = this.#services;
    if (resolver.syncIntervalMs === undefined) return;
    const onPack = (message: MessageView): void => this.#merge(textOf(message));
    systemAccount.subscribe(new InternalSubscription(this.#packInbox, onPack));
    this.#syncLater(resolver.syncIntervalMs);
  }

  stop(): void {
    this.#sync?.cancel();
  }

  /** Whether a request is one of this server's own. */
  isOwn(reply: string): boolean {
    return reply.startsWith(this.#inbox);
  }

  /** The JWT of an account, as the first one who answers has it; `undefined` if none does in time. */
  lookUp(accountKey: string): Promise<string | undefined> {
    const { clock, random, resolver, systemAccount, sender } = this.#services;
    const subject = `$SYS.REQ.ACCOUNT.${accountKey}.CLAIMS.LOOKUP`;
    if (resolver.lookUpTimeoutMs === undefined || !this.#hasOthers(subject)) {
      return Promise.resolve(undefined);
    }
    const { lookUpTimeoutMs } = resolver;
    const inbox = `${this.#inbox}.${randomName(random, inboxIdSize)}`;
    return new Promise((resolve) => {
      const finish = (jwt: string): void => {
        timer.cancel();
        if (!subscription.isClosed) systemAccount.unsubscribe(subscription);
        resolve(jwt === "" ? undefined : jwt);
      };
      const timer = clock.setTimer(lookUpTimeoutMs, () => finish(""));
      const subscription = new InternalSubscription(inbox, (message) => finish(textOf(message)));
      systemAccount.subscribe(subscription);
      sender.send(subject, Buffer.alloc(0), undefined, inbox);
    });
  }

  get #packInbox(): string {
    return `${this.#inbox}.pack`;
  }

  /** Whether anybody listens but the server itself. */
  #hasOthers(subject: string): boolean {
    const { systemAccount, resolver } = this.#services;
    const bytes = Buffer.from(subject);
    const { plain, queues } = systemAccount.match(bytes, 0, bytes.length);
    return plain.length + queues.length > (resolver.kind === "full" ? 1 : 0);
  }

  #syncLater(intervalMs: number): void {
    this.#sync = this.#services.clock.setTimer(intervalMs, () => {
      void this.#askForPack().finally(() => this.#syncLater(intervalMs));
    });
  }

  async #askForPack(): Promise<void> {
    const { resolver, sender, logger } = this.#services;
    try {
      const digest = (await resolver.digest?.()) ?? Buffer.alloc(0);
      sender.send(packSubject, digest, undefined, this.#packInbox);
    } catch (error) {
      logger.warn({ problem: String(error) }, "JWTs were not compared with those of others");
    }
  }

  /** Takes what another server has, line by line. */
  #merge(pack: string): void {
    const { resolver, logger } = this.#services;
    for (const line of pack.split("\n")) {
      const [accountKey = "", jwt, ...rest] = line.split("|");
      if (jwt === undefined || rest.length > 0 || !isNkey("account", accountKey)) continue;
      resolver.preload?.({ accountKey, jwt }).catch((error: unknown) => {
        logger.error(
          { account: accountKey, problem: String(error) },
          "JWT of another server not taken",
        );
      });
    }
  }
}

/** The payload without headers. */
function textOf(message: MessageView): string {
  const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
  return payloadBuffer.toString("latin1", payloadStart + headersSize, payloadEnd);
}
