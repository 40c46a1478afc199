import assert from "node:assert/strict";
import { test } from "node:test";
import { checkChosenPassword } from "../../src/users/chosen-password.ts";

test("a password is none that is guessed first, nor a name with something around it", async () => {
  const context = ["margaret", "acme"];
  for (const password of [
    "12345678",
    "PassWord",
    "iloveyou1",
    "margaret",
    "1Margaret!!",
    "acmeacme",
    "oxbow-1234",
  ]) {
    await assert.rejects(checkChosenPassword(password, context), /choose another one/, password);
  }
  for (const password of ["a lamp of brass", "margaret was here at 4", "日本語の合言葉です"]) {
    await checkChosenPassword(password, context);
  }
});
