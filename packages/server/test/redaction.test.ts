import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createServerLog } from "../src/logger.ts";
import { engineLogger, ServerLog } from "../src/nats-server/log/server-log.ts";

/** Goal: no secret is in the log, whoever logs it, under whichever name, however deep, in either format. */
const secretNames = [
  ...["password", "Password", "userPassword", "pass", "token", "accessToken", "auth_token"],
  ...["Authorization", "cookie", "Set-Cookie", "secret", "clientSecret", "apiKey", "api_key"],
  ...["accessKey", "jwt", "seed", "privateKey", "encryptionKey", "encryptionPreviousKey"],
];

/** Logs to both formats and gives all that was written. */
function logged(fields: Readonly<Record<string, unknown>>, message = "something happened"): string {
  let text = "";
  const write = (line: string): void => void (text += line);
  const log = createServerLog("info", { write });
  log.logger.info(fields, message);
  // What is read of the log over HTTP.
  for (const line of log.tail.lines) text += line.text;
  const levels = { debug: true, trace: true };
  const format = { isColored: false } as never;
  engineLogger(new ServerLog({ write }, format, levels, () => 0)).info(fields, message);
  return text;
}

test("what a name says is secret is not in the log, however deep it is", () => {
  const secret = fc.stringMatching(/^[a-z0-9]{12,20}$/).map((text) => `zq${text}`);
  const nested = fc.record({
    secret,
    name: fc.constantFrom(...secretNames),
    path: fc.array(fc.constantFrom("user", "list", "options", "0"), { maxLength: 4 }),
    isList: fc.boolean(),
  });
  fc.assert(
    fc.property(nested, ({ secret: value, name, path, isList }) => {
      let fields: unknown = { [name]: isList ? [value] : value, other: "seen" };
      for (const step of path) fields = isList ? { [step]: [fields] } : { [step]: fields };
      const text = logged(fields as Record<string, unknown>);
      assert.ok(!text.includes(value), text);
      assert.match(text, /redacted|…/);
    }),
  );
});

const looks: readonly (readonly [string, string])[] = [
  ["oxk_Abc123Def456", "an access key"],
  ["Bearer abc.def.ghi-123", "an authorization"],
  ["Basic dXNlcjpwYXNzd29yZA==", "a password"],
  [`SU${"A".repeat(54)}AB`, "a seed"],
  ["eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJVIn0.c2lnbmF0dXJl", "a JWT"],
  ["nats://ann:geheim123@10.0.0.1:4222", "a URL with a password"],
  ['CONNECT {"user":"ann","pass":"geheim123"}', "what a client sends"],
  ["-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----", "a private key"],
  ["__Host-oxbow-session=9f8e7d6c5b", "a cookie"],
];

for (const [text, what] of looks) {
  test(`${what} is not in the log, wherever it stands`, () => {
    const secrets =
      /Abc123Def456|abc\.def|dXNlcjpw|AAAAAAAA|eyJzdWIi|geheim123|MC4CAQAw|9f8e7d6c5b/;
    const all =
      logged({ header: text }) +
      logged({ deep: [{ in: { here: text } }] }) +
      logged({}, `got ${text}`);
    assert.doesNotMatch(all, secrets);
    assert.doesNotMatch(logged({ error: new Error(`failed: ${text}`) }), secrets);
  });
}

test("all else is logged as it was, also what goes round in circles", () => {
  const circle: Record<string, unknown> = { station: "orders", count: 5 };
  circle["self"] = circle;
  const text = logged({ circle, key: "eu.4711", isTokenSet: true, password: null, at: [1, 2] });
  assert.match(text, /orders/);
  assert.match(text, /eu\.4711/);
  assert.match(text, /isTokenSet=true/);
  assert.match(text, /password=null/);
});

test("the end of the log that others read is what was written, also at another level and to who follows", () => {
  let text = "";
  const log = createServerLog("error", { write: (line) => void (text += line) });
  const followed: string[] = [];
  const stop = log.tail.follow((line) => followed.push(`${line.level} ${line.text}`));
  log.logger.info({ password: "geheim123" }, "not yet");
  log.level = "info";
  log.logger.info({ user: "ann", password: "geheim123" }, "login with Bearer geheim123");
  stop();
  log.logger.info({ in: { token: "geheim123" } }, "later");
  const [first, ...rest] = log.tail.lines.map((line) => line.text);
  assert.equal(first, "login with Bearer [redacted] user=ann password=[redacted]");
  assert.deepEqual(followed, [`info ${first}`]);
  assert.equal(rest.length, 1);
  assert.doesNotMatch(text + followed.join() + rest.join(), /geheim123/);
  assert.ok(text.includes(`INFO  ${first}\n`));
});
