import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuthorizer } from "../../src/auth/authorizer.ts";
import type { Authorizer, Credentials } from "../../src/auth/identity.ts";
import { type EngineOptions, resolveEngineOptions } from "../../src/engine-options.ts";
import { TestHost } from "../connection/test-host.ts";
import { applicantWith } from "./applicant.ts";

const makeAuthorizer = (options: EngineOptions): Authorizer =>
  createAuthorizer(resolveEngineOptions(options), new TestHost());

/** The user that credentials are taken for; `undefined` if they are refused. */
async function login(
  authorizer: Authorizer,
  credentials: Partial<Credentials>,
): Promise<string | undefined> {
  const verdict = await authorizer.authenticate(applicantWith(credentials));
  return "identity" in verdict ? verdict.identity.user : undefined;
}

test("without authentication everybody is let in", async () => {
  const authorizer = makeAuthorizer({});
  assert.equal(authorizer.isRequiredAt("STANDARD"), false);
  assert.deepEqual(await authorizer.authenticate(applicantWith()), {
    identity: { user: "", account: "$G" },
  });
});

test("users need their own password", async () => {
  const users = [
    { user: "ann", password: "pä55" },
    { user: "bob", password: "" },
  ];
  const authorizer = makeAuthorizer({ auth: { mode: "users", users } });
  assert.equal(authorizer.isRequiredAt("STANDARD"), true);
  assert.equal(await login(authorizer, { user: "ann", password: "pä55" }), "ann");
  assert.equal(await login(authorizer, { user: "bob", password: "" }), "bob");
  for (const [user, password] of [
    ["ann", ""],
    ["ann", "pa55"],
    ["bob", "pä55"],
    ["carl", ""],
    ["", ""],
  ] as const) {
    assert.equal(await login(authorizer, { user, password }), undefined);
  }
  assert.equal(await login(authorizer, { token: "pä55" }), undefined);
});

test("a token is compared as a whole", async () => {
  const authorizer = makeAuthorizer({ auth: { mode: "token", token: "s3cret" } });
  assert.equal(authorizer.isRequiredAt("STANDARD"), true);
  assert.equal(await login(authorizer, { token: "s3cret" }), "");
  for (const token of ["", "s3cre", "s3cret ", "S3cret"]) {
    assert.equal(await login(authorizer, { token }), undefined);
  }
});
