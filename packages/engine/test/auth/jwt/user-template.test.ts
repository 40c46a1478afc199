import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserPermissionLimits } from "../../../src/auth/jwt/claims.ts";
import { userClaims } from "../../../src/auth/jwt/user-claims.ts";
import {
  applyTemplate,
  TEMPLATE_SUBJECTS_MAX,
  type TemplateUser,
} from "../../../src/auth/jwt/user-template.ts";

const user: TemplateUser = {
  name: "myname",
  subject: "UKEY",
  tags: ["foo:foo1", "foo:foo2", "bar:bar1", "bar:bar2", "bar:bar3"],
  issuerAccount: "AKEY",
  accountName: "accname",
  accountTags: ["acc:acc1", "acc:acc2"],
};
const nothing = userClaims.shape(2).zero().nats;

function apply(
  pub: { allow?: string[]; deny?: string[] },
  sub: { allow?: string[]; deny?: string[] } = {},
  who: TemplateUser = user,
): UserPermissionLimits | string {
  const limits = {
    ...nothing,
    pub: { allow: pub.allow ?? null, deny: pub.deny ?? [] },
    sub: { allow: sub.allow ?? null, deny: sub.deny ?? [] },
  };
  const applied = applyTemplate(limits, who);
  return applied.ok ? applied.limits : applied.problem;
}

test("placeholders are replaced, and tags make one subject for each of their values", () => {
  const limits = apply(
    {
      allow: ["{{tag(foo)}}.none.{{tag(bar)}}"],
      deny: ["{{tag(foo)}}.{{account-tag(acc)}}"],
    },
    { deny: ["foo.{{name()}}.{{ Subject() }}.{{account-name()}}.{{account-subject()}}.bar"] },
  );
  assert.ok(typeof limits !== "string");
  assert.deepEqual(limits.pub.allow, [
    "foo1.none.bar1",
    "foo1.none.bar2",
    "foo1.none.bar3",
    "foo2.none.bar1",
    "foo2.none.bar2",
    "foo2.none.bar3",
  ]);
  assert.deepEqual(limits.pub.deny, ["foo1.acc1", "foo1.acc2", "foo2.acc1", "foo2.acc2"]);
  assert.deepEqual(limits.sub.deny, ["foo.myname.UKEY.accname.AKEY.bar"]);
});

test("a placeholder may be part of a token", () => {
  const limits = apply({ allow: ["$JS.API.STREAM.INFO.KV_{{tag(bar)}}"] });
  assert.ok(typeof limits !== "string");
  assert.deepEqual(limits.pub.allow?.slice(0, 1), ["$JS.API.STREAM.INFO.KV_bar1"]);
});

test("where no allowed subject comes out, nothing is allowed", () => {
  const limits = apply({ allow: ["{{tag(gone)}}"] }, { allow: ["a.{{name()}}", "{{tag(gone)}}"] });
  assert.ok(typeof limits !== "string");
  assert.deepEqual(limits.pub, { allow: [], deny: [">"] });
  assert.deepEqual(limits.sub, { allow: ["a.myname"], deny: [] });
});

test("a denied subject that does not come out refuses the user", () => {
  const missing = /generated invalid subject/;
  assert.match(apply({ deny: ["{{tag(gone)}}"] }) as string, missing);
  assert.match(apply({ deny: ["{{tag(gone)}}.{{tag(foo)}}"] }) as string, missing);
  assert.match(apply({ deny: ["{{name()}}"] }, {}, { ...user, name: "a b" }) as string, missing);
});

test("an operation that is not there refuses the user", () => {
  assert.match(apply({ allow: ["{{whoami()}}"] }) as string, /"whoami\(\)" is not defined/);
});

test("values are taken as they are, and placeholders in them too", () => {
  const limits = apply({ allow: ["a.{{name()}}"] }, {}, { ...user, name: "$&.{{subject()}}" });
  assert.ok(typeof limits !== "string");
  assert.deepEqual(limits.pub.allow, ["a.$&.{{subject()}}"]);
});

test("subjects without placeholders stay as they are, valid or not", () => {
  const limits = apply({ allow: ["a b", "..", "{{"] });
  assert.ok(typeof limits !== "string");
  assert.deepEqual(limits.pub.allow, ["a b", "..", "{{"]);
});

test("tags that would make too many subjects refuse the user", () => {
  const tags = ["x", "y", "z"].flatMap((name) =>
    Array.from({ length: 100 }, (_, index) => `${name}:${index}`),
  );
  const problem = apply({ allow: ["{{tag(x)}}.{{tag(y)}}.{{tag(z)}}"] }, {}, { ...user, tags });
  assert.equal(problem, `template expansion exceeds limit: ${TEMPLATE_SUBJECTS_MAX}`);
});
