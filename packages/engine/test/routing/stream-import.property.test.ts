import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Account } from "../../src/routing/account.ts";
import type { MessageView } from "../../src/routing/message.ts";
import { MessageView as View } from "../../src/routing/message.ts";
import { SubjectSharing } from "../../src/routing/subject-sharing.ts";
import { InternalSubscription } from "../../src/routing/subscription.ts";
import { subjectIsSubset } from "../../src/subjects/subject.ts";
import {
  compileReversibleTransform,
  tokenizeWildcards,
} from "../../src/subjects/subject-transform.ts";
import { TestHost } from "../connection/test-host.ts";
import { importStream, stream } from "./support/accounts.ts";

const word = fc.constantFrom("a", "b", "c");

/** Subjects with wildcards, `>` at the end of some. */
const pattern = fc
  .tuple(fc.array(fc.oneof(word, fc.constant("*")), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([tokens, isOpen]) => (isOpen ? [...tokens, ">"] : tokens).join("."));
const literal = fc.array(word, { minLength: 1, maxLength: 4 }).map((tokens) => tokens.join("."));

/** What a subject with wildcards may be called elsewhere: its wildcards in any order, with other tokens between. */
const renamed = (from: string): fc.Arbitrary<string> => {
  const tokens = from.split(".");
  const count = tokens.filter((token) => token === "*").length;
  const wildcards = Array.from({ length: count }, (_, index) => `$${index + 1}`);
  const all = fc.tuple(
    fc.shuffledSubarray(wildcards, { minLength: count }),
    fc.array(word, { minLength: 1, maxLength: 2 }),
    fc.boolean(),
  );
  return all.map(([placed, words, areFirst]) => {
    const head = areFirst ? [...words, ...placed] : [...placed, ...words];
    return (tokens.at(-1) === ">" ? [...head, ">"] : head).join(".");
  });
};

const scene = pattern.chain((from) =>
  fc.record({
    from: fc.constant(from),
    to: fc.oneof(fc.constant(from), renamed(from)),
    subscribed: pattern,
    published: fc.array(literal, { minLength: 1, maxLength: 8 }),
  }),
);

class Following extends InternalSubscription {
  override get followsImports(): boolean {
    return true;
  }
}

test("a subscription gets exactly what the import brings under a subject that it matches", () => {
  fc.assert(
    fc.property(scene, ({ from, to, subscribed, published }) => {
      const host = new TestHost();
      const sharing = new SubjectSharing({ ...host, serverName: "s", systemAccount: "$SYS" });
      const [system, exporter, importer] = ["$SYS", "foo", "bar"].map((name) => {
        const account = new Account(name, host.random);
        sharing.add(account);
        return account;
      }) as [Account, Account, Account];
      assert.ok(system);
      const problems = sharing.configure([
        { account: exporter, source: { exports: [stream(from)] } },
        { account: importer, source: { imports: [importStream("foo", from, { to })] } },
      ]);
      assert.deepEqual(problems, []);
      const got: string[] = [];
      const take = (message: MessageView): void => void got.push(message.subjectText());
      const subscription = new Following(subscribed, take);
      importer.subscribe(subscription);
      for (const subject of published) exporter.publish(messageOn(subject));
      assert.deepEqual(got, expected(from, to, subscribed, published));
      importer.unsubscribe(subscription);
      for (const subject of published) assert.equal(exporter.publish(messageOn(subject)), 0);
    }),
    { numRuns: 1_000 },
  );
});

function messageOn(subject: string): MessageView {
  const view = new View();
  const bytes = Buffer.from(subject);
  view.setSubject(bytes, 0, bytes.length);
  return view;
}

function expected(from: string, to: string, subscribed: string, published: string[]): string[] {
  const transform =
    from === to ? undefined : compileReversibleTransform(from, tokenizeWildcards(to));
  return published
    .filter((subject) => subjectIsSubset(subject, from))
    .map((subject) => transform?.apply(subject) ?? subject)
    .filter((subject) => subjectIsSubset(subject, subscribed));
}
