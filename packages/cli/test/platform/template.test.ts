import assert from "node:assert/strict";
import { test } from "node:test";
import { headerTemplates, template } from "../../src/platform/template.ts";

const order = { id: 17, customer: { country: "eu", vip: true }, items: ["a", "b"], none: null };

test("fields of the message stand where they are named", () => {
  const fill = (text: string): string => template(text)(() => order, 3);
  assert.equal(fill("{customer.country}.{id}"), "eu.17");
  assert.equal(fill("{customer.vip} {items.1} {#} {{id}}"), "true b 3 {id}");
  assert.equal(fill("plain"), "plain");
});

test("a message without fields is only looked at where one is asked for", () => {
  const never = (): unknown => assert.fail("not asked for");
  assert.equal(template("eu.{#}")(never, 1), "eu.1");
});

test("what is not there, or is no text, is refused with its name", () => {
  for (const path of [
    "name",
    "customer",
    "none",
    "items.9",
    "id.x",
    "__proto__.x",
    "constructor",
  ]) {
    const fill = (): string => template(`{${path}}`)(() => order, 2);
    assert.throws(fill, new RegExp(`^CommandFailure: message 2 has no text.*\\{${path}\\}`));
  }
  assert.throws(() => template("{id"), /Write \{field\}/);
  assert.throws(() => headerTemplates("noname"), /Write name:value/);
});

test("headers add up", () => {
  const headers = headerTemplates("B:{id}", headerTemplates("A: x:y"));
  assert.deepEqual(
    headers.map(([name, value]) => [name, value(() => order, 1)]),
    [
      ["A", "x:y"],
      ["B", "17"],
    ],
  );
});
