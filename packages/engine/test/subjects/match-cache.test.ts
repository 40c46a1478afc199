import assert from "node:assert/strict";
import { test } from "node:test";
import { MatchCache } from "../../src/subjects/match-cache.ts";
import { SubjectTrie } from "../../src/subjects/subject-trie.ts";
import type { TrieItem } from "../../src/subjects/trie-node.ts";

/** Counts how often the cache has to ask the trie. */
class CountingTrie extends SubjectTrie<TrieItem> {
  matchCount = 0;

  override match(
    buffer: Uint8Array,
    start: number,
    end: number,
  ): ReturnType<SubjectTrie<TrieItem>["match"]> {
    this.matchCount++;
    return super.match(buffer, start, end);
  }
}

function setUp(...subjects: string[]): { trie: CountingTrie; match: (subject: string) => number } {
  const trie = new CountingTrie(1);
  const cache = new MatchCache<TrieItem>(trie);
  for (const subject of subjects) trie.insert(item(subject));
  const match = (subject: string): number => {
    const bytes = Buffer.from(subject);
    return cache.match(bytes, 0, bytes.length).plain.length;
  };
  return { trie, match };
}

function item(subject: string): TrieItem {
  return { subjectBytes: Buffer.from(subject), queue: "" };
}

test("a subject is looked up once", () => {
  const { trie, match } = setUp("orders.eu", "orders.us.x");
  assert.equal(match("orders.eu"), 1);
  assert.equal(match("orders.eu"), 1);
  assert.equal(trie.matchCount, 1);
});

test("subjects that differ only below a wildcard share one lookup per number of tokens", () => {
  const { trie, match } = setUp("_INBOX.one.*", "_INBOX.two.*", "$JS.ACK.>");
  for (let request = 0; request < 100; request++) {
    assert.equal(match(`_INBOX.one.${request}`), 1);
    assert.equal(match(`$JS.ACK.stream.consumer.1.${request}.${request}.0.0`), 1);
    assert.equal(match(`_INBOX.gone.${request}`), 0);
  }
  assert.equal(trie.matchCount, 3);
  assert.equal(match("_INBOX.one.1.2"), 0);
  assert.equal(match("_INBOX.one"), 0);
  assert.equal(match("_INBOX.one."), 0);
  assert.equal(match("$JS.ACK..x"), 0);
});

test("a literal below a wildcard ends the sharing, and its removal brings it back", () => {
  const { trie, match } = setUp("a.*");
  assert.equal(match("a.1"), 1);
  const literal = item("a.2");
  trie.insert(literal);
  assert.equal(match("a.1"), 1);
  assert.equal(match("a.2"), 2);
  trie.remove(literal);
  assert.equal(match("a.2"), 1);
  const before = trie.matchCount;
  for (let index = 3; index < 50; index++) assert.equal(match(`a.${index}`), 1);
  assert.equal(trie.matchCount, before);
});

test("subscribing to fresh inboxes leaves other cached matches alone", () => {
  const { trie, match } = setUp("orders.eu", "prices.>");
  match("orders.eu");
  match("prices.x.y");
  let extra = 0;
  for (let request = 0; request < 100; request++) {
    const inbox = item(`_INBOX.request-${request}`);
    trie.insert(inbox);
    const before = trie.matchCount;
    match("orders.eu");
    match("prices.x.y");
    extra += trie.matchCount - before;
    trie.remove(inbox);
  }
  assert.ok(extra <= 4, `${extra} needless lookups`);
});

test("any number of distinct subjects stays correct and bounded", () => {
  const { match } = setUp("a.b.c", "n.>", "n.*.x.y");
  for (let index = 0; index < 20_000; index++) {
    assert.equal(match(`n.${index}.x.y`), 2);
    assert.equal(match(`n.${index}.x`), 1);
    assert.equal(match(`${index}`), 0);
  }
  assert.equal(match("a.b.c"), 1);
});
