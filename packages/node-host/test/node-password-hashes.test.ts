import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@oxbow/base";
import { bcryptMatches } from "../src/bcrypt.ts";
import { NodePasswordHashes } from "../src/node-password-hashes.ts";
import { passwordMatches } from "../src/password-matches.ts";

/** Of `s3cret`, cost 4, without its kind. */
const hash = "04$GT1YjGNYtIyBGuqQt7xRsekuUDxUYz4FZzysGOo64gIkqy2ZY8RNW";

test("all kinds of bcrypt hashes are checked in the same way", () => {
  for (const kind of ["$2a$", "$2b$", "$2x$", "$2y$"]) {
    assert.equal(bcryptMatches("s3cret", kind + hash), true);
    assert.equal(bcryptMatches("s3cre", kind + hash), false);
  }
});

test("what is no bcrypt hash matches nothing", () => {
  for (const text of ["", "s3cret", "$2z$", `$2c$${hash}`, "$2b$", "$2b$04$short", "$2b$99$x"]) {
    assert.equal(bcryptMatches("s3cret", text), false);
    assert.equal(bcryptMatches(text, text), false);
  }
});

test("hashes of scrypt are checked as RFC 7914 has them, and bounded", () => {
  const salt = "TmFDbA"; // NaCl
  const digest =
    "/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA";
  const written = (ln: number, r: number, p: number): string =>
    `$scrypt$ln=${ln},r=${r},p=${p}$${salt}$${digest}`;
  assert.equal(passwordMatches("password", written(10, 8, 16)), true);
  assert.equal(passwordMatches("passwort", written(10, 8, 16)), false);
  for (const hash of [
    ...[written(0, 8, 1), written(10, 0, 1), written(10, 8, 0), written(10, 8, 17)],
    ...[written(19, 8, 1), written(40, 8, 1), "$scrypt$", "$scrypt$ln=4,r=8,p=1$AA$AA"],
  ]) {
    assert.equal(passwordMatches("password", hash), false, hash);
  }
});

test("a thread answers each question with its own answer", async () => {
  const hashes = new NodePasswordHashes(silentLogger);
  const answers = await Promise.all([
    hashes.verify("s3cret", `$2b$${hash}`),
    hashes.verify("secret", `$2b$${hash}`),
    hashes.verify("s3cret", "$2b$04$short"),
    hashes.verify("s3cret", `$2y$${hash}`),
  ]);
  assert.deepEqual(answers, [true, false, false, true]);
});

test("with too many questions the answer is no", async () => {
  const hashes = new NodePasswordHashes(silentLogger);
  const others = Array.from({ length: 1_025 }, () => hashes.verify("", "$2b$04$short"));
  assert.equal(await hashes.verify("s3cret", `$2b$${hash}`), false);
  await Promise.all(others);
  assert.equal(await hashes.verify("s3cret", `$2b$${hash}`), true);
});
