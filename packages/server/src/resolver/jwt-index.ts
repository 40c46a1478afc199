import { digestOf } from "./jwt-files.ts";

const digestSize = 32;

/** What is known of a JWT without its file. */
interface IndexEntry {
  digest: Buffer;
  /** Wall-clock milliseconds; `Infinity` is never. */
  expiresAtMs: number;
}

/** The JWTs of a directory: which there are, when each is to go, and which was used the longest time ago. */
export class JwtIndex {
  /** In the order of use if {@link touch} is called, oldest first. */
  readonly #entries: Map<string, IndexEntry> = new Map();
  #digest: Buffer = Buffer.alloc(digestSize);

  get size(): number {
    return this.#entries.size;
  }

  /** The exclusive or of the digests of all JWTs. */
  get digest(): Buffer {
    return Buffer.from(this.#digest);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Whether `jwt` is what there is for `key`. */
  isSame(key: string, jwt: string): boolean {
    return this.#entries.get(key)?.digest.equals(digestOf(jwt)) ?? false;
  }

  set(key: string, jwt: string, expiresAtMs: number): void {
    const digest = digestOf(jwt);
    const known = this.#entries.get(key);
    if (known === undefined) this.#entries.set(key, { digest, expiresAtMs });
    else {
      this.#mix(known.digest);
      known.digest = digest;
      known.expiresAtMs = expiresAtMs;
    }
    this.#mix(digest);
  }

  /** It was used: it is now the one that was used last. `expiresAtMs` `undefined` leaves that as it is. */
  touch(key: string, expiresAtMs: number | undefined): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (expiresAtMs !== undefined) entry.expiresAtMs = expiresAtMs;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#mix(entry.digest);
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#digest = Buffer.alloc(digestSize);
  }

  /** The one that was used the longest time ago. */
  get oldest(): string | undefined {
    return this.#entries.keys().next().value;
  }

  /** Those whose time is over. */
  expiredAt(nowMs: number): string[] {
    return [...this.#entries].filter(([, e]) => e.expiresAtMs <= nowMs).map(([key]) => key);
  }

  #mix(digest: Buffer): void {
    for (let index = 0; index < digestSize; index++) {
      this.#digest[index] = (this.#digest[index] as number) ^ (digest[index] as number);
    }
  }
}
