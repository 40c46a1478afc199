import type { Clock, Random } from "@oxbow/base";
import type { Authorizer, Identity, Verdict } from "../auth/identity.ts";
import { makeNonce } from "../auth/nonce.ts";
import type { Security } from "../auth/security.ts";
import { authorizationViolation, globalAccountName, shownUser } from "../auth/verdicts.ts";
import type { EngineLimits } from "../engine-options.ts";
import type { MessageSource } from "../routing/message-source.ts";
import { Admission, type Applying } from "./admission.ts";
import { closeReasonOf } from "./close-reasons.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { type Door, withCredentialsOf } from "./door.ts";
import { Membership } from "./membership.ts";

/** A connection whose client is about to come in. */
export interface EnteringClient extends MessageSource {
  readonly isClosed: boolean;
  /** What its last CONNECT says. */
  readonly connectOptions: ConnectOptions;
  /** Reads nothing more until {@link continueReading}. */
  holdReading(): void;
  /** Goes on with what came in the meantime. */
  continueReading(held: Buffer | undefined): void;
  /** It is somebody now, or somebody else. */
  become(membership: Membership): void;
  /** Its CONNECT, or if it has sent none what it began with, was taken. */
  onAdmitted(hasConnected: boolean): void;
  /** It is not let in, as `user`. */
  logRefusal(user: string, reason: string): void;
  /** What it may do has changed while it was in. */
  recheckSubscriptions(): void;
  close(errorText: string): void;
  closeQuietly(reason: string): void;
}

/** What the entry of clients needs of their engine. */
export interface EntryServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: EngineLimits;
  readonly security: Security;
}

/** How a client becomes somebody, and whether it still is when the rules change. */
export class ClientEntry implements Applying {
  /** What the client may sign; empty where nobody would look at it. */
  readonly nonce: string;
  readonly #client: EnteringClient;
  readonly #door: Door;
  readonly #services: EntryServices;
  readonly #admission: Admission;
  #membership: Membership | undefined = undefined;
  /** Who was asked last. */
  #asked: Authorizer | undefined = undefined;
  /** Whether what is waited for is the verdict on a CONNECT, and not on who has sent none. */
  #hasConnected = false;
  /** Whether events have told that it came. */
  #isAnnounced = false;

  constructor(client: EnteringClient, door: Door, services: EntryServices) {
    const { clock, random, limits, security } = services;
    this.#client = client;
    this.#door = door;
    this.#services = services;
    this.#admission = new Admission(clock, door.authTimeoutMs ?? limits.authTimeoutMs, this);
    this.nonce = door.nonceGiven ?? (security.authorizer.usesNonce ? makeNonce(random) : "");
  }

  get membership(): Membership | undefined {
    return this.#membership;
  }

  /** Whether a verdict is waited for. */
  get isPending(): boolean {
    return this.#admission.isPending;
  }

  /** The client has come, and is told so in its INFO. Returns whether it has to say who it is. */
  begin(): boolean {
    const { type, identity } = this.#door;
    const { isAuthRequired } = this.#services.security.authorizer.policyAt(type);
    if (identity !== undefined) return !this.#join(identity);
    if (isAuthRequired) this.#admission.startTimer();
    else this.#join({ user: "", account: globalAccountName });
    return isAuthRequired;
  }

  /** CONNECT came. */
  connect(): void {
    this.#hasConnected = true;
    this.#ask();
  }

  /** Something else came before it. Returns whether that may be. */
  skipConnect(): boolean {
    const { authorizer } = this.#services.security;
    if (!authorizer.policyAt(this.#door.type).isConnectOptional) return false;
    this.#ask();
    return true;
  }

  /** Bytes that are kept. */
  get heldBytes(): number {
    return this.#admission.heldBytes;
  }

  /** Keeps what comes while a verdict is waited for. Returns whether there is room for it. */
  hold(chunk: Buffer): boolean {
    return this.#admission.hold(chunk);
  }

  /**
   * Who may come in has changed: finds out whether that is still so for this client, and what it may do now.
   *
   * @returns When that is known; `undefined` if it is already.
   */
  recheck(): Promise<void> | undefined {
    // One whose verdict is still awaited is asked about anew once that is there.
    if (this.#membership === undefined || this.isPending || this.#client.isClosed) return undefined;
    const { security } = this.#services;
    const { authorizer } = security;
    const options = this.#client.connectOptions;
    const verdict = this.#verdictOf(authorizer, true);
    if (!(verdict instanceof Promise)) {
      this.#stay(verdict);
      return undefined;
    }
    return verdict.then((decided) => {
      const isStillAsked =
        options === this.#client.connectOptions && authorizer === security.authorizer;
      if (isStillAsked && !this.isPending && !this.#client.isClosed) this.#stay(decided);
    });
  }

  /** The connection is over. */
  stop(reason: string): void {
    this.#admission.stop();
    this.#membership?.leave();
    if (this.#isAnnounced) this.#services.security.events.onDisconnected(this.#client, reason);
  }

  onVerdictPending(): void {
    this.#client.holdReading();
  }

  onVerdict(verdict: Verdict): void {
    if (this.#asked !== this.#services.security.authorizer) {
      this.#ask();
      return;
    }
    if ("identity" in verdict) this.#admit(verdict.identity);
    else this.#refuse(verdict.refusal, verdict.reason);
    this.#client.continueReading(this.#admission.takeHeld());
  }

  onAdmissionTimeout(): void {
    this.#client.close("Authentication Timeout");
  }

  #ask(): void {
    this.#asked = this.#services.security.authorizer;
    this.#admission.decide(this.#verdictOf(this.#asked));
  }

  #verdictOf(authorizer: Authorizer, isInside = false): Verdict | Promise<Verdict> {
    const { identity } = this.#door;
    if (identity !== undefined) return { identity };
    const { id, connectOptions } = this.#client;
    const { name, lang, version, protocol } = connectOptions;
    return authorizer.authenticate({
      credentials: withCredentialsOf(this.#door, connectOptions),
      isInside,
      door: this.#door.type,
      nonce: this.nonce,
      clientId: id,
      address: this.#door.address,
      tls: this.#door.tls,
      certificate: this.#door.peerCertificate,
      name,
      lang,
      version,
      protocol,
    });
  }

  #admit(identity: Identity): void {
    if (this.#client.connectOptions.wantsAccount) {
      this.#refuse(authorizationViolation, "no client may ask for an account");
      return;
    }
    if (!this.#enter(identity)) return;
    this.#isAnnounced = true;
    this.#services.security.events.onConnected(this.#client);
    this.#client.onAdmitted(this.#hasConnected);
  }

  /** The verdict on a client that was let in before. */
  #stay(verdict: Verdict): void {
    if (!("identity" in verdict)) {
      // One that may come back and try is told nothing, so that it does.
      if (verdict.isUnknown) this.#client.closeQuietly("Client Closed");
      else this.#refuse(verdict.refusal, verdict.reason);
    } else if (verdict.identity.account !== this.#client.accountName) {
      this.#client.closeQuietly("Client Closed");
    } else if (this.#enter(verdict.identity)) {
      this.#client.recheckSubscriptions();
    }
  }

  /** From here on the client is `identity`; it is closed, and false returned, if its account is full. */
  #enter(identity: Identity): boolean {
    if (this.#join(identity)) return true;
    this.#client.close("maximum account active connections exceeded");
    return false;
  }

  #join(identity: Identity): boolean {
    const { security, clock } = this.#services;
    this.#membership?.leave();
    const membership = new Membership(identity, security, clock);
    if (!membership.join(() => this.#client.close("User Authentication Expired"))) return false;
    this.#membership = membership;
    this.#client.become(membership);
    return true;
  }

  #refuse(errorText: string, reason: string): void {
    const { security } = this.#services;
    const user = shownUser(withCredentialsOf(this.#door, this.#client.connectOptions));
    this.#client.logRefusal(user, reason);
    security.events.onRefused(this.#client, user, closeReasonOf(errorText));
    this.#client.close(errorText);
  }
}
