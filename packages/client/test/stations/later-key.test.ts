import assert from "node:assert/strict";
import { test } from "node:test";
import { idOfLater, laterKey } from "../../src/stations/later-key.ts";

test("what waits for its time has a key that its id can be read from", () => {
  for (const id of ["abc", "order-2", "a.b c*>", "ü", "x=", "_later"]) {
    assert.match(laterKey(id), /^_later\.[\w=-]+$/);
    assert.equal(idOfLater(laterKey(id)), id);
  }
  for (const key of ["", "_later", "_later.", "_later.a.b", "other.a"]) {
    assert.equal(idOfLater(key), undefined);
  }
});
