import { accountKey } from "./account-key.ts";

/** What the store calls the logs and states of one account's streams. */
export class StoredNames {
  readonly #account: string;

  constructor(account: string) {
    this.#account = accountKey(account);
  }

  /** The name of a stream's log. */
  log(stream: string): string {
    return `${this.#account}/${stream}`;
  }

  /** The key of a stream's state. */
  stream(stream: string): string {
    return `stream/${this.log(stream)}`;
  }

  /** The key of a consumer's state. */
  consumer(stream: string, name: string): string {
    return `consumer/${this.log(stream)}/${name}`;
  }

  /** The key of the state that marks a log as one that is being restored. */
  restoration(stream: string): string {
    return `restore/${this.log(stream)}`;
  }

  /** The stream whose state has that key; `undefined` if it is no stream of the account. */
  streamOf(key: string): string | undefined {
    return this.#behind(`stream/${this.#account}/`, key);
  }

  /** The same for a consumer. */
  consumerOf(key: string): { readonly stream: string; readonly consumer: string } | undefined {
    const [stream = "", consumer = ""] =
      this.#behind(`consumer/${this.#account}/`, key)?.split("/") ?? [];
    return stream === "" ? undefined : { stream, consumer };
  }

  /** The same for a stream that was being restored. */
  restorationOf(key: string): string | undefined {
    return this.#behind(`restore/${this.#account}/`, key);
  }

  #behind(prefix: string, key: string): string | undefined {
    return key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
  }
}
