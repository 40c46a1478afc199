import type { AccountImports } from "./account-imports.ts";
import type { AccountSharing } from "./account-sharing.ts";
import { ShadowSubscription } from "./shadow-subscription.ts";
import type { Subscription } from "./subscription.ts";

/**
 * The subscriptions that an account has in others, because somebody subscribes here to what is imported from there.
 * They come and go with those: nothing flows between accounts that nobody wants.
 */
export class Shadows {
  readonly #imports: AccountImports;
  readonly #sharing: AccountSharing;
  readonly #byOriginal: Map<Subscription, ShadowSubscription[]> = new Map();

  constructor(imports: AccountImports, sharing: AccountSharing) {
    this.#imports = imports;
    this.#sharing = sharing;
  }

  onSubscribed(original: Subscription): void {
    if (this.#imports.streams.length === 0 || !original.followsImports) return;
    const { subject } = original;
    const shadows: ShadowSubscription[] = [];
    for (const stream of this.#imports.streams) {
      const there = stream.isValid ? stream.subjectFor(subject) : undefined;
      if (there === undefined) continue;
      const shadow = new ShadowSubscription(
        there,
        original,
        stream,
        this.#sharing.account.name,
        this.#sharing.services.streamForwarder,
      );
      stream.exporter.account.subscribe(shadow);
      shadows.push(shadow);
    }
    if (shadows.length > 0) this.#byOriginal.set(original, shadows);
  }

  onUnsubscribed(original: Subscription): void {
    if (this.#byOriginal.size === 0) return;
    const shadows = this.#byOriginal.get(original);
    if (shadows === undefined) return;
    this.#byOriginal.delete(original);
    for (const shadow of shadows) shadow.import.exporter.account.unsubscribe(shadow);
  }

  /** Begins anew, after the imports have changed. */
  rebuild(): void {
    for (const original of [...this.#byOriginal.keys()]) this.onUnsubscribed(original);
    if (this.#imports.streams.length === 0) return;
    this.#sharing.account.forEachSubscription((original) => this.onSubscribed(original));
  }
}
