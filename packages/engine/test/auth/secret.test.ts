import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { Secret } from "../../src/auth/secret.ts";

test("class I (CVE-2021-38153): a secret equals itself and nothing else, and no comparison ends early", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (secret, shown) => {
      assert.equal(new Secret(secret).equals(secret), true);
      assert.equal(new Secret(secret).equals(shown), secret === shown);
      assert.equal(new Secret(secret).equals(`${secret}\0`), false);
    }),
  );
  for (const file of ["secret.ts", "password.ts"]) {
    const source = readFileSync(new URL(`../../src/auth/${file}`, import.meta.url), "utf8");
    assert.match(source, /timingSafeEqual\(/, file);
  }
});
