import type {
  Permissions,
  ResponsePermissions,
  SubjectPermissions,
} from "../../options/permissions.ts";
import { SubjectPatterns } from "./subject-patterns.ts";
import { SubjectSet } from "./subject-set.ts";

/**
 * What a user may do, ready to be asked for each message. Shared by all connections of the user, with its caches.
 *
 * Of two lists `deny` wins; no `allow` list means that everything is allowed that is not denied.
 */
export class PermissionRules {
  /** As they were given. */
  readonly source: Permissions;
  /** Whether there is anything that must not be published. */
  readonly limitsPublishing: boolean;
  readonly responses: ResponsePermissions | undefined;
  /** Whether answers may only go where the user may listen. */
  readonly limitsReplies: boolean;
  readonly #publishPatterns: SubjectPatterns | undefined;
  readonly #publishDenyPatterns: SubjectPatterns | undefined;
  readonly #subscribePatterns: SubjectPatterns | undefined;
  readonly #publishAllow: SubjectSet | undefined;
  readonly #publishDeny: SubjectSet | undefined;
  readonly #subscribeAllow: SubjectSet | undefined;
  readonly #subscribeDeny: SubjectSet | undefined;

  /** @param seed - See `SubjectTrie`. */
  constructor(source: Permissions, seed: number) {
    const { publish, subscribe, responses } = source;
    const makeSet = (entries: readonly string[] | undefined): SubjectSet | undefined =>
      entries && new SubjectSet(entries, seed);
    this.source = source;
    this.responses = responses;
    // Who may answer, and is not told what else it may publish, may publish nothing else.
    this.#publishAllow = makeSet(publish?.allow ?? ((publish?.patterns ?? responses) && []));
    this.#publishPatterns = publish?.patterns && new SubjectPatterns(publish.patterns);
    this.#publishDeny = makeSet(denied(publish));
    this.#publishDenyPatterns = publish?.denyPatterns && new SubjectPatterns(publish.denyPatterns);
    this.#subscribeAllow = makeSet(subscribe?.allow ?? (subscribe?.patterns && []));
    this.#subscribePatterns = subscribe?.patterns && new SubjectPatterns(subscribe.patterns);
    this.#subscribeDeny = makeSet(denied(subscribe));
    this.limitsReplies = source.limitsReplies ?? false;
    this.limitsPublishing =
      this.#publishAllow !== undefined ||
      this.#publishDeny !== undefined ||
      this.#publishDenyPatterns !== undefined;
  }

  /** Whether the user may publish to the subject in `[start, end)`, answers aside. */
  mayPublish(buffer: Uint8Array, start: number, end: number): boolean {
    if (
      this.#publishAllow !== undefined &&
      !this.#publishAllow.has(buffer, start, end) &&
      !(this.#publishPatterns?.covers(buffer, start, end) ?? false)
    ) {
      return false;
    }
    if (this.#publishDeny?.has(buffer, start, end) === true) return false;
    return this.#publishDenyPatterns?.covers(buffer, start, end) !== true;
  }

  /** Whether the user may subscribe to `subject`, in the queue group `queue` or outside groups for `""`. */
  maySubscribe(subject: Uint8Array, queue: string): boolean {
    if (
      this.#subscribeAllow !== undefined &&
      !this.#subscribeAllow.covers(subject, queue) &&
      !(this.#subscribePatterns?.covers(subject, 0, subject.length) ?? false)
    ) {
      return false;
    }
    return (
      this.#subscribeDeny === undefined ||
      !this.#subscribeDeny.hasInQueue(subject, 0, subject.length, queue)
    );
  }

  /** Whether answers, or messages that it asks for, may be sent to the subject in `[start, end)`. */
  mayHear(buffer: Uint8Array, start: number, end: number): boolean {
    if (!this.limitsReplies) return true;
    return this.maySubscribe(buffer.subarray(start, end), "");
  }

  /** Whether a subscription that is allowed may meet messages that are denied. */
  filters(subject: string, queue: string): boolean {
    return this.#subscribeDeny?.overlaps(subject, queue) ?? false;
  }

  /** Whether a message must not be delivered to a subscription in `queue`, although the subscription is allowed. */
  hides(buffer: Uint8Array, start: number, end: number, queue: string): boolean {
    return this.#subscribeDeny?.hasInQueue(buffer, start, end, queue) ?? false;
  }
}

/** Makes the rules of permissions, once for all connections that have the same. */
export class PermissionBook {
  readonly #rules: WeakMap<Permissions, PermissionRules> = new WeakMap();
  readonly #makeSeed: () => number;

  constructor(makeSeed: () => number) {
    this.#makeSeed = makeSeed;
  }

  rulesOf(permissions: Permissions): PermissionRules {
    let rules = this.#rules.get(permissions);
    if (rules === undefined) {
      rules = new PermissionRules(permissions, this.#makeSeed());
      this.#rules.set(permissions, rules);
    }
    return rules;
  }
}

function denied(permissions: SubjectPermissions | undefined): readonly string[] | undefined {
  return permissions?.deny?.length ? permissions.deny : undefined;
}
