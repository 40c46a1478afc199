import { createHash } from "node:crypto";
import type { AccountJwt, AccountResolver } from "../../../src/options/authorization.ts";

/** A full resolver whose directory is a map. */
export class KeptResolver implements AccountResolver {
  readonly kind = "full";
  readonly lookUpTimeoutMs = 1_000;
  readonly syncIntervalMs = 60_000;
  readonly kept: Map<string, string> = new Map();
  isClosed = false;
  #listener: (accountKey: string, jwt: string | undefined) => void = () => {};

  async fetch(accountKey: string): Promise<string | undefined> {
    return this.kept.get(accountKey);
  }

  async preload(account: AccountJwt): Promise<void> {
    await this.store(account);
  }

  async store({ accountKey, jwt }: AccountJwt): Promise<void> {
    if (this.kept.get(accountKey) === jwt) return;
    this.kept.set(accountKey, jwt);
    this.#listener(accountKey, jwt);
  }

  async list(): Promise<readonly AccountJwt[]> {
    return [...this.kept].map(([accountKey, jwt]) => ({ accountKey, jwt }));
  }

  async digest(): Promise<Buffer> {
    const digest = Buffer.alloc(32);
    for (const jwt of this.kept.values()) {
      const own = createHash("sha256").update(jwt).digest();
      for (let i = 0; i < digest.length; i++)
        digest.writeUInt8(digest.readUInt8(i) ^ own.readUInt8(i), i);
    }
    return digest;
  }

  watch(listener: (accountKey: string, jwt: string | undefined) => void): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
