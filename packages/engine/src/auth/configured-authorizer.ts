import { timingSafeEqual } from "node:crypto";
import type { Clock } from "@oxbow/base";
import { engineError } from "../errors.ts";
import type { ConnectionType } from "../options/permissions.ts";
import { accessKeyDigest } from "./access-key.ts";
import { type DoorRules, type Doors, doorOf, makeDoors } from "./door-rules.ts";
import type { Applicant, Authorizer, DoorPolicy, Identity, Verdict } from "./identity.ts";
import { decodeNkey } from "./nkey.ts";
import { type PasswordServices, Passwords } from "./password.ts";
import type { SecurityOptions } from "./security-options.ts";
import { isNonceSignedBy } from "./signature.ts";
import { proxyNotTrusted, proxyRequired, trustOfProxy } from "./trusted-proxy.ts";
import { type KnownAccessKey, type KnownUser, mayEnterBy } from "./user-table.ts";
import { globalAccountName, refuse, refuseUnknown, shownUser } from "./verdicts.ts";

/** What an authorizer of users and passwords needs. */
export interface ConfiguredServices extends PasswordServices {
  readonly clock: Clock;
  /** See {@link makeDoors}. */
  readonly guestName: string;
}

const wrongPassword = "wrong user or password";
const expired = "expired";

/**
 * Knows users, keys and tokens from the options. Looks in the order of nats-server at the proxy's signature, the key, the
 * certificate, the user and the token; who names a key or user that is wrong is refused, whatever else it shows.
 */
export class ConfiguredAuthorizer implements Authorizer {
  readonly usesNonce: boolean;
  readonly #passwords: Passwords;
  readonly #doors: Doors;
  readonly #trustedProxies: readonly string[];
  readonly #clock: Clock;

  /** @throws `ENGINE_OPTION_INVALID` */
  constructor(options: SecurityOptions, services: ConfiguredServices) {
    this.#clock = services.clock;
    this.#passwords = new Passwords(services);
    this.#doors = makeDoors(options, this.#passwords, services.guestName);
    this.#passwords.forgetOthers();
    this.#trustedProxies = checkedKeys(options.trustedProxies ?? []);
    this.usesNonce = this.#doors.hasNkeys || this.#trustedProxies.length > 0;
  }

  policyAt(door: ConnectionType): DoorPolicy {
    return doorOf(this.#doors, door).policy;
  }

  authenticate(applicant: Applicant): Verdict | Promise<Verdict> {
    const { credentials, door } = applicant;
    const rules = doorOf(this.#doors, door);
    const proxy = trustOfProxy(applicant, this.#trustedProxies);
    if (proxy === "untrusted") return refuse(proxyNotTrusted);
    if (!rules.policy.isAuthRequired) {
      return { identity: { user: shownUser(credentials), account: globalAccountName } };
    }
    return this.#findOut(applicant, rules, proxy === "trusted");
  }

  #findOut(applicant: Applicant, rules: DoorRules, isProxied: boolean): Verdict | Promise<Verdict> {
    const { user, password, token, nkey } = applicant.credentials;
    const guest = user === "" && password === "" && token === "" ? rules.noAuthUser : "";
    const { byName, byNkey } = rules.users;
    if (byNkey.size > 0) {
      const key = nkey || (byNkey.has(guest) ? guest : "");
      const isGuest = key === rules.noAuthUser;
      if (key !== "") return this.#checkNkey(applicant, byNkey.get(key), isGuest, isProxied);
    }
    const accessKey = rules.users.accessKeyOf(token || password);
    if (accessKey !== undefined) return this.#checkAccessKey(applicant, accessKey, isProxied);
    if (byName.size > 0) {
      if (rules.certificates !== undefined)
        return this.#checkCertificate(applicant, rules, isProxied);
      const invited = byName.get(guest);
      if (invited !== undefined) return this.#admit(invited, applicant, isProxied);
      if (user !== "") return this.#checkUser(applicant, byName.get(user), isProxied);
    }
    return this.#checkSimple(applicant, rules, isProxied);
  }

  #checkNkey(
    applicant: Applicant,
    known: KnownUser | undefined,
    isGuest: boolean,
    isProxied: boolean,
  ): Verdict {
    const { nkey, signature } = applicant.credentials;
    // Looked at before, so that the time does not tell whether there is such a user.
    const isSigned = isGuest || isNonceSignedBy(nkey, applicant, signature);
    if (known === undefined) return refuseUnknown("unknown nkey");
    if (!isSigned) return refuse("signature not verified");
    return this.#admit(known, applicant, isProxied);
  }

  #checkAccessKey(applicant: Applicant, key: KnownAccessKey, isProxied: boolean): Verdict {
    const { user, token, password } = applicant.credentials;
    const { known, digest, expiresAtMs } = key;
    const shown = Buffer.from(accessKeyDigest(token || password), "hex");
    const isRight = timingSafeEqual(shown, digest);
    if (!isRight || (user !== "" && user !== known.identity.user))
      return refuse("wrong access key");
    return this.#admit(known, applicant, isProxied, expiresAtMs);
  }

  #checkCertificate(
    applicant: Applicant,
    rules: DoorRules,
    isProxied: boolean,
  ): Verdict | Promise<Verdict> {
    const { certificate, door, credentials } = applicant;
    if (certificate === undefined) return refuse("no client certificate");
    const known = rules.certificates?.find(certificate, (user) => mayEnterBy(user, door));
    if (known === undefined) return refuse("no user of the client certificate's names");
    const isRight = this.#passwords.check(known.password, credentials.password, applicant.isInside);
    return whenKnown(isRight, () => this.#admit(known, applicant, isProxied));
  }

  #checkUser(
    applicant: Applicant,
    known: KnownUser | undefined,
    isProxied: boolean,
  ): Verdict | Promise<Verdict> {
    const { credentials, door } = applicant;
    // Whoever may not come in is looked at all the same, so that the time does not tell who exists.
    const isWelcome =
      known !== undefined && mayEnterBy(known, door) && !this.#needsCertificate(known);
    const password = isWelcome ? known.password : undefined;
    const isRight = this.#passwords.check(password, credentials.password, applicant.isInside);
    const refusal = known === undefined ? refuseUnknown(wrongPassword) : refuse(wrongPassword);
    return whenKnown(isRight, () => this.#admit(known as KnownUser, applicant, isProxied), refusal);
  }

  /** Without a password, and with a door where a certificate says who it is, the certificate is all there is. */
  #needsCertificate(known: KnownUser): boolean {
    if (known.hasPassword) return false;
    const { plain, websocket, leafnode } = this.#doors;
    return (
      (plain.certificates !== undefined && mayEnterBy(known, "STANDARD")) ||
      (websocket.certificates !== undefined && mayEnterBy(known, "WEBSOCKET")) ||
      (leafnode.certificates !== undefined && mayEnterBy(known, "LEAFNODE"))
    );
  }

  /** One token for all, or one user of a door's own. */
  #checkSimple(
    applicant: Applicant,
    rules: DoorRules,
    isProxied: boolean,
  ): Verdict | Promise<Verdict> {
    const { credentials } = applicant;
    if (rules.isProxyRequired && !isProxied) return refuse(proxyRequired);
    const identity = { user: shownUser(credentials), account: globalAccountName };
    if (rules.token !== undefined) {
      const isRight = this.#passwords.check(rules.token, credentials.token, applicant.isInside);
      return whenKnown(isRight, () => ({ identity }));
    }
    const { single } = rules;
    const password = single?.user === credentials.user ? single.password : undefined;
    const isRight = this.#passwords.check(password, credentials.password, applicant.isInside);
    return whenKnown(isRight, () => ({ identity }));
  }

  /** The verdict on a user that has proven to be one, by a key that may expire before it does. */
  #admit(
    known: KnownUser,
    { door }: Applicant,
    isProxied: boolean,
    keyExpiresAtMs = Number.POSITIVE_INFINITY,
  ): Verdict {
    if (!mayEnterBy(known, door)) return refuse(`not by a connection of type ${door}`);
    if (known.isProxyRequired && !isProxied) return refuse(proxyRequired);
    const { identity } = known;
    const expiresAtMs = Math.min(identity.expiresAtMs ?? keyExpiresAtMs, keyExpiresAtMs);
    if (expiresAtMs === Number.POSITIVE_INFINITY) return { identity };
    if (expiresAtMs <= this.#clock.nowMs()) return refuse(expired);
    return { identity: { ...identity, expiresAtMs } satisfies Identity };
  }
}

function checkedKeys(keys: readonly string[]): readonly string[] {
  const wrong = keys.find((key) => decodeNkey(key) === undefined);
  if (wrong === undefined) return keys;
  throw engineError("ENGINE_OPTION_INVALID", `invalid proxy key "${wrong}"`);
}

/** What `verdict` says once it is known that a password is right. */
function whenKnown(
  isRight: boolean | Promise<boolean>,
  verdict: () => Verdict,
  refusal: Verdict = refuse(wrongPassword),
): Verdict | Promise<Verdict> {
  const decide = (right: boolean): Verdict => (right ? verdict() : refusal);
  return typeof isRight === "boolean" ? decide(isRight) : isRight.then(decide);
}
