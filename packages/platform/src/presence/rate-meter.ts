/** Counts at a time. */
export interface Counts {
  readonly atMs: number;
  readonly messages: number;
  /** `null` if nobody counts them. */
  readonly bytes: number | null;
}

/** Counts that are closer together are one. */
const stepMs = 2_000;
/** So far back a rate goes, if there are counts in between. */
const windowMs = 20_000;

/** Makes rates of counts that come now and then. */
export class RateMeter {
  #counts: Counts[] = [];

  /** The last ones. */
  get last(): Counts | undefined {
    return this.#counts.at(-1);
  }

  /** Takes counts that are not before the last ones. Lower ones mean that counting began again. */
  note(counts: Counts): void {
    const kept = this.#counts;
    if (counts.messages < (kept.at(-1)?.messages ?? 0)) kept.length = 0;
    const before = kept.at(-2);
    if (before !== undefined && counts.atMs - before.atMs < stepMs) kept.pop();
    kept.push(counts);
    while (kept.length > 2 && counts.atMs - (kept[0] as Counts).atMs > windowMs) kept.shift();
  }

  /** Per second, between the first and the last counts; `null` while there is only one. */
  rate(): { readonly messages: number; readonly bytes: number | null } | null {
    const [first] = this.#counts;
    const { last } = this;
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return null;
    const seconds = (last.atMs - first.atMs) / 1_000;
    const bytes =
      last.bytes === null || first.bytes === null ? null : (last.bytes - first.bytes) / seconds;
    return { messages: (last.messages - first.messages) / seconds, bytes };
  }
}
