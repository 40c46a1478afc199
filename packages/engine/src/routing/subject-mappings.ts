import type { Random } from "@oxbow/base";
import { engineError } from "../errors.ts";
import type { MappingDestination, MappingOptions } from "../options/accounts.ts";
import { MatchCache } from "../subjects/match-cache.ts";
import { isValidSubject } from "../subjects/subject.ts";
import {
  checkMapping,
  compileTransform,
  type SubjectTransform,
  tokenizeWildcards,
} from "../subjects/subject-transform.ts";
import { SubjectTrie } from "../subjects/subject-trie.ts";
import type { TrieItem } from "../subjects/trie-node.ts";
import type { SubjectScratch } from "./subject-scratch.ts";

const percentAll = 100;

/** A destination, chosen if a number below 100 is below `end` and not below that of the one before it. */
interface Share {
  readonly transform: SubjectTransform;
  readonly end: number;
}

/** A mapping with its place in the list: the first one that matches counts. */
class Mapping implements TrieItem {
  readonly subjectBytes: Uint8Array;
  readonly queue = "";
  readonly index: number;
  readonly shares: readonly Share[];

  constructor(source: string, index: number, shares: readonly Share[]) {
    this.subjectBytes = Buffer.from(source);
    this.index = index;
    this.shares = shares;
  }
}

/** The mappings of an account: where messages of some subjects go instead. */
export class SubjectMappings {
  readonly #random: Random;
  readonly #cache: MatchCache<Mapping>;

  /**
   * @param cluster - Name of the cluster this server is in, `""` for none: destinations of other clusters do not count,
   *   and those of this one replace the others.
   * @throws `ENGINE_OPTION_INVALID` with the text of nats-server.
   */
  constructor(mappings: readonly MappingOptions[], random: Random, cluster = "") {
    this.#random = random;
    const trie = new SubjectTrie<Mapping>(random.below(2 ** 32));
    // A mapping of a source that is there already takes its place.
    const bySource = new Map(mappings.map((mapping) => [mapping.source, mapping]));
    let index = 0;
    for (const mapping of bySource.values()) {
      trie.insert(new Mapping(mapping.source, index++, sharesOf(mapping, random, cluster)));
    }
    this.#cache = new MatchCache<Mapping>(trie);
  }

  /**
   * Writes where a message on the subject in `[start, end)` of `buffer` goes into `scratch`, which must not hold that
   * subject itself. Nothing, if it is to be lost.
   *
   * @returns Whether a mapping concerns it; if not, `scratch` is as it was.
   */
  map(scratch: SubjectScratch, buffer: Buffer, start: number, end: number): boolean {
    const matches = this.#cache.match(buffer, start, end).plain;
    if (matches.length === 0) return false;
    let mapping = matches[0] as Mapping;
    for (let at = 1; at < matches.length; at++) {
      const other = matches[at] as Mapping;
      if (other.index < mapping.index) mapping = other;
    }
    const transform = this.#choose(mapping.shares);
    if (transform === undefined) {
      scratch.end = 0;
    } else {
      const target = scratch.reserve(transform.sizeMax(end - start));
      scratch.end = transform.write(target, 0, buffer, start, end);
    }
    return true;
  }

  #choose(shares: readonly Share[]): SubjectTransform | undefined {
    const first = shares[0] as Share;
    if (first.end === percentAll) return first.transform;
    const pick = this.#random.below(percentAll);
    for (let index = 0; index < shares.length; index++) {
      const share = shares[index] as Share;
      if (pick < share.end) return share.transform;
    }
    return undefined;
  }
}

function sharesOf(mapping: MappingOptions, random: Random, cluster: string): Share[] {
  const { source, destinations } = mapping;
  try {
    checkDestinations(source, destinations);
    const scoped = destinations.filter((destination) => (destination.cluster ?? "") === cluster);
    const unscoped = destinations.filter((destination) => (destination.cluster ?? "") === "");
    const chosen = scoped.length > 0 ? scoped : unscoped;
    const shares: Share[] = [];
    let end = 0;
    for (const { subject, weightPercent } of chosen) {
      end += weightPercent;
      shares.push({ transform: compileTransform(source, subject, random), end });
    }
    // Whoever names the source as a destination wants the rest to be lost.
    const namesSource = destinations.some((destination) => destination.subject === source);
    if (end < percentAll && (chosen.length === 0 || !namesSource)) {
      const transform = compileTransform(source, tokenizeWildcards(source), random);
      shares.push({ transform, end: percentAll });
    }
    return shares;
  } catch (error) {
    const text = `Error adding mapping for ${JSON.stringify(source)} : ${(error as Error).message}`;
    throw engineError("ENGINE_OPTION_INVALID", text, { cause: error });
  }
}

function checkDestinations(source: string, destinations: readonly MappingDestination[]): void {
  if (!isValidSubject(source)) throw new Error("invalid subject");
  const seen = new Set<string>();
  const totals = new Map<string, number>();
  for (const { subject, weightPercent, cluster = "" } of destinations) {
    if (seen.has(subject)) throw new Error(`duplicate entry for ${JSON.stringify(subject)}`);
    seen.add(subject);
    if (!(weightPercent >= 0 && weightPercent <= percentAll)) {
      throw new Error("individual weights need to be <= 100");
    }
    const total = (totals.get(cluster) ?? 0) + weightPercent;
    if (total > percentAll) throw new Error("total weight needs to be <= 100");
    totals.set(cluster, total);
    if (subject === "") throw new Error("invalid subject");
    checkMapping(source, subject);
  }
}
