// Measures what routing costs per message, in CPU time: `node bench/micro/routing.bench.ts`.
import { MatchCache } from "../../packages/engine/src/subjects/match-cache.ts";
import { SubjectTrie } from "../../packages/engine/src/subjects/subject-trie.ts";
import type { TrieItem } from "../../packages/engine/src/subjects/trie-node.ts";

const roundCount = 7;
const matchCount = 2_000_000;

/** Subjects as a parser finds them: one after another in a chunk. */
interface Subjects {
  readonly chunk: Buffer;
  readonly starts: Int32Array;
}

function subjects(make: (index: number) => string, count: number): Subjects {
  const texts = Array.from({ length: count }, (_, index) => make(index));
  const starts = new Int32Array(count + 1);
  for (const [index, text] of texts.entries()) {
    starts[index + 1] = (starts[index] ?? 0) + text.length;
  }
  return { chunk: Buffer.from(texts.join("")), starts };
}

function item(subject: string): TrieItem {
  return { subjectBytes: Buffer.from(subject), queue: "" };
}

const trie = new SubjectTrie<TrieItem>(42);
for (let index = 0; index < 1_000; index++) {
  trie.insert(item(`orders.region${index % 10}.item${index}`));
  if (index < 100) trie.insert(item(`_INBOX.Z8VQ5YZK0J3G7X1N4M6P${index}.*`));
}
trie.insert(item("$JS.ACK.>"));
trie.insert(item("$JS.API.>"));
trie.insert(item("flights.*.*"));
const cache = new MatchCache<TrieItem>(trie);

const cases: readonly { name: string; subjects: Subjects; match: "trie" | "cache" }[] = [
  {
    name: "exact hit, 1 subject",
    subjects: subjects(() => "orders.region1.item1", 1),
    match: "cache",
  },
  {
    name: "exact hit, 500 subjects",
    subjects: subjects((i) => `orders.region${i % 10}.item${i}`, 500),
    match: "cache",
  },
  {
    name: "prefix hit, inbox",
    subjects: subjects((i) => `_INBOX.Z8VQ5YZK0J3G7X1N4M6P7.${i * 7919}`, 1_000),
    match: "cache",
  },
  {
    name: "prefix hit, ack",
    subjects: subjects((i) => `$JS.ACK.ORDERS.work.1.${i}.${i}.1763646000000000000.${i}`, 1_000),
    match: "cache",
  },
  {
    name: "prefix hit, flights",
    subjects: subjects((i) => `flights.ORD.X${i}`, 1_000),
    match: "cache",
  },
  {
    name: "trie, exact",
    subjects: subjects((i) => `orders.region${i % 10}.item${i}`, 500),
    match: "trie",
  },
  {
    name: "trie, inbox",
    subjects: subjects((i) => `_INBOX.Z8VQ5YZK0J3G7X1N4M6P7.${i * 7919}`, 1_000),
    match: "trie",
  },
];

for (const { name, subjects: list, match } of cases) {
  const rounds: number[] = [];
  for (let round = 0; round < roundCount; round++) {
    const started = process.cpuUsage();
    let found = 0;
    const { chunk, starts } = list;
    for (let index = 0, at = 0; index < matchCount; index++) {
      const start = starts[at] as number;
      const end = starts[at + 1] as number;
      if (++at === starts.length - 1) at = 0;
      const result =
        match === "cache" ? cache.match(chunk, start, end) : trie.match(chunk, start, end).result;
      found += result.plain.length;
    }
    if (found !== matchCount) throw new Error(`${name}: matched ${found} of ${matchCount}`);
    const { user, system } = process.cpuUsage(started);
    rounds.push(((user + system) * 1e3) / matchCount);
  }
  rounds.sort((a, b) => a - b);
  const median = rounds[roundCount >> 1] ?? 0;
  const spread = `${rounds[0]?.toFixed(1)}-${rounds.at(-1)?.toFixed(1)}`;
  console.log(`${name.padEnd(28)} ${median.toFixed(1).padStart(7)} ns  (${spread})`);
}
