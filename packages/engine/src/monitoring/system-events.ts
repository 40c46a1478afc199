import type { Timer } from "@oxbow/base";
import type { SecurityEvents } from "../auth/security-events.ts";
import { globalAccountName } from "../auth/verdicts.ts";
import { ClientConnection } from "../connection/client-connection.ts";
import type { ConnectionFacts } from "../connection/connection-facts.ts";
import type { Engine } from "../engine.ts";
import { eventHead, timestampOf } from "../routing/event-head.ts";
import type { MessageSource } from "../routing/message-source.ts";
import { accountStat } from "./account-statz.ts";
import { statsz } from "./statsz.ts";
import type { SystemVoice } from "./system-voice.ts";

const statszIntervalMs = 10_000;
/** How often it is told how many clients an account has, beside every change. */
const connectionsIntervalMs = 30_000;
const types = {
  connect: "io.nats.server.advisory.v1.client_connect",
  disconnect: "io.nats.server.advisory.v1.client_disconnect",
  connections: "io.nats.server.advisory.v1.account_connections",
} as const;

/**
 * Tells in the system account who comes and goes, and how the server does. An event is made where somebody gets it; the
 * timer of the periodic ones runs while somebody is in the system account.
 */
export class SystemEvents implements SecurityEvents {
  readonly #engine: Engine;
  readonly #voice: SystemVoice;
  #timer: Timer | undefined = undefined;
  #elapsedMs = 0;
  #isClosed = false;

  constructor(engine: Engine, voice: SystemVoice) {
    this.#engine = engine;
    this.#voice = voice;
  }

  onConnected(client: MessageSource): void {
    const { accountName } = client;
    this.#say(`$SYS.ACCOUNT.${accountName}.CONNECT`, types.connect, () => ({
      client: this.#client(factsOf(client), undefined),
    }));
    this.#sayConnections(accountName);
    if (accountName === this.#engine.systemAccountName) this.#watch();
  }

  onDisconnected(client: MessageSource, reason: string): void {
    const { accountName } = client;
    this.#sayGone(`$SYS.ACCOUNT.${accountName}.DISCONNECT`, client, reason);
    this.#sayConnections(accountName);
  }

  onRefused(client: MessageSource, _user: string, reason: string): void {
    this.#sayGone(`$SYS.SERVER.${this.#engine.info.id}.CLIENT.AUTH.ERR`, client, reason);
  }

  onLameDuck(): void {
    this.#sayServer("LAMEDUCK");
  }

  /** The server stops. The last that is said. */
  close(): void {
    if (this.#isClosed) return;
    this.#sayServer("SHUTDOWN");
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #say(subject: string, type: string, make: () => object): void {
    if (this.#isClosed || !this.#voice.isHeard(subject)) return;
    const { clock, random } = this.#voice;
    this.#voice.say(subject, make, eventHead(type, clock, random));
  }

  /** `sent` and `received` are meant as the client's. */
  #sayGone(subject: string, client: MessageSource, reason: string): void {
    this.#say(subject, types.disconnect, () => {
      const facts = factsOf(client);
      const { inMessages, inBytes, outMessages, outBytes } = facts.traffic;
      return {
        client: this.#client(facts, this.#voice.clock.nowMs()),
        sent: { msgs: inMessages, bytes: inBytes },
        received: { msgs: outMessages, bytes: outBytes },
        reason,
      };
    });
  }

  #client(facts: ConnectionFacts, stoppedAtMs: number | undefined): object {
    const { jwt, issuerKey, tags, accountName } = facts;
    return {
      start: timestampOf(facts.startedAtMs),
      ...(facts.address !== "" && { host: facts.address }),
      id: facts.id,
      acc: accountName,
      ...(facts.user !== "" && { user: facts.user }),
      ...(facts.name !== "" && { name: facts.name }),
      ...(facts.lang !== "" && { lang: facts.lang }),
      ...(facts.version !== "" && { ver: facts.version }),
      ...(stoppedAtMs !== undefined && {
        ...(facts.rttMs > 0 && { rtt: Math.round(facts.rttMs * 1e6) }),
        stop: timestampOf(stoppedAtMs),
      }),
      ...(jwt !== "" && { jwt }),
      ...(issuerKey !== "" && { issuer_key: issuerKey }),
      name_tag: this.#engine.accountTag(accountName),
      ...(tags.length > 0 && { tags }),
      kind: "Client",
      client_type: facts.door === "WEBSOCKET" ? "websocket" : "nats",
    };
  }

  /** Of the global account, nobody is told. */
  #sayConnections(account: string): void {
    if (account === globalAccountName) return;
    for (const subject of [
      `$SYS.SERVER.ACCOUNT.${account}.CONNS`,
      `$SYS.ACCOUNT.${account}.SERVER.CONNS`,
    ]) {
      this.#say(subject, types.connections, () => accountStat(this.#engine, account));
    }
  }

  #sayServer(event: string): void {
    this.#voice.sayServer(`$SYS.SERVER.${this.#engine.info.id}.${event}`);
  }

  #watch(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    this.#timer = this.#voice.clock.setTimer(statszIntervalMs, () => {
      this.#timer = undefined;
      this.#tell();
      const { systemAccountName } = this.#engine;
      if (this.#engine.accountConnections(systemAccountName) > 0) this.#watch();
    });
  }

  #tell(): void {
    const subject = `$SYS.SERVER.${this.#engine.info.id}.STATSZ`;
    this.#voice.say(subject, () => ({ statsz: statsz(this.#engine) }));
    this.#elapsedMs += statszIntervalMs;
    if (this.#elapsedMs % connectionsIntervalMs !== 0) return;
    for (const name of this.#engine.accounts.keys()) {
      if (this.#engine.accountConnections(name) > 0) this.#sayConnections(name);
    }
  }
}

/** What is known of a client. All that come in are connections. */
function factsOf(client: MessageSource): ConnectionFacts {
  if (client instanceof ClientConnection) return client.facts();
  throw new TypeError(`client ${client.id} is no connection`);
}
