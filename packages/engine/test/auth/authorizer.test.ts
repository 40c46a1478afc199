import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuthorizer } from "../../src/auth/authorizer.ts";

const nothing = { user: "", password: "", token: "" };

test("without authentication everybody is let in", () => {
  const authorizer = createAuthorizer({ mode: "none" });
  assert.equal(authorizer.isRequired, false);
  assert.deepEqual(authorizer.authenticate(nothing), { user: "", account: "$G" });
});

test("users need their own password", () => {
  const users = [
    { user: "ann", password: "pä55" },
    { user: "bob", password: "" },
  ];
  const authorizer = createAuthorizer({ mode: "users", users });
  assert.equal(authorizer.isRequired, true);
  const login = (user: string, password: string): string | undefined =>
    authorizer.authenticate({ ...nothing, user, password })?.user;
  assert.equal(login("ann", "pä55"), "ann");
  assert.equal(login("bob", ""), "bob");
  assert.equal(login("ann", ""), undefined);
  assert.equal(login("ann", "pa55"), undefined);
  assert.equal(login("bob", "pä55"), undefined);
  assert.equal(login("carl", ""), undefined);
  assert.equal(login("", ""), undefined);
  assert.equal(authorizer.authenticate({ ...nothing, token: "pä55" }), undefined);
});

test("a token is compared as a whole", () => {
  const authorizer = createAuthorizer({ mode: "token", token: "s3cret" });
  assert.equal(authorizer.isRequired, true);
  assert.deepEqual(authorizer.authenticate({ ...nothing, token: "s3cret" }), {
    user: "",
    account: "$G",
  });
  for (const token of ["", "s3cre", "s3cret ", "S3cret"]) {
    assert.equal(authorizer.authenticate({ ...nothing, token }), undefined);
  }
});
