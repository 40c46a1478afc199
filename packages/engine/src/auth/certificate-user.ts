import {
  type DistinguishedName,
  equalNames,
  haveSameParts,
  parseDistinguishedName,
} from "./distinguished-name.ts";
import type { PeerCertificate } from "./identity.ts";

/** Finds the user that a client certificate stands for (`verify_and_map`). */
export class CertificateUsers<User> {
  readonly #byName: ReadonlyMap<string, User>;
  readonly #distinguished: { readonly name: DistinguishedName; readonly user: User }[] = [];

  constructor(byName: ReadonlyMap<string, User>) {
    this.#byName = byName;
    for (const [name, user] of byName) {
      const parsed = parseDistinguishedName(name);
      if (parsed !== undefined) this.#distinguished.push({ name: parsed, user });
    }
  }

  /**
   * The first of the certificate's names that is one of a user that `mayEnter`: e-mail addresses, host names, URIs, and
   * then the subject, of which also the order of the parts may differ.
   */
  find(certificate: PeerCertificate, mayEnter: (user: User) => boolean): User | undefined {
    for (const name of [...certificate.emails, ...certificate.dnsNames, ...certificate.uris]) {
      const user = this.#byName.get(name);
      if (user !== undefined && mayEnter(user)) return user;
    }
    const subject = parseDistinguishedName(certificate.subject);
    const candidates = this.#distinguished.filter(({ user }) => mayEnter(user));
    const found =
      subject &&
      (candidates.find(({ name }) => equalNames(name, subject)) ??
        candidates.find(({ name }) => haveSameParts(name, subject)));
    if (found !== undefined) return found.user;
    const literal = this.#byName.get(certificate.subject);
    return literal !== undefined && mayEnter(literal) ? literal : undefined;
  }
}
