import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { UsageError } from "../../../src/nats-server/command-line/flag-values.ts";
import { flagKinds } from "../../../src/nats-server/command-line/flags.ts";
import {
  parseCommandLine,
  UnknownCommandError,
} from "../../../src/nats-server/command-line/parse.ts";
import { usage } from "../../../src/nats-server/command-line/usage.ts";
import { configOf, errorsOf } from "../config/read-text.ts";

suite("flags", () => {
  test("have one dash or two, and their value behind them or behind =", () => {
    for (const argv of [
      ["-c", "f"],
      ["--c=f"],
      ["-config=f"],
      ["--config", "f"],
      ["-c", "x", "-c", "f"],
    ]) {
      assert.equal(parseCommandLine(argv).configFile, "f", argv.join(" "));
    }
  });

  test("go before what the file says", () => {
    const text =
      "port: 1, host: a.example, debug: true, jetstream { store_dir: a }, max_payload: 9";
    const flags = [
      "-p",
      "2",
      "--net=b.example",
      "-D=false",
      "-V",
      "-js=false",
      "-sd",
      "b",
      "-n",
      "me",
    ];
    const { engine, logging } = configOf(text, { flags });
    assert.deepEqual(engine.listen, { host: "b.example", port: 2 });
    assert.deepEqual([logging.debug, logging.trace], [false, true]);
    assert.deepEqual([engine.jetstream?.enabled, engine.dataDirectory], [false, "b/jetstream"]);
    assert.deepEqual([engine.serverName, engine.limits?.payloadMax], ["me", 9]);
  });

  test("say who may come in", () => {
    const { engine } = configOf("", { flags: ["--user", "a", "--pass", "b"] });
    assert.equal(engine.auth?.mode, "users");
    assert.deepEqual(configOf("", { flags: ["--auth", "t"] }).engine.auth?.mode, "token");
  });

  test("of TLS need a certificate and a key, or take TLS away", () => {
    assert.deepEqual(errorsOf("", { flags: ["--tls"] }), [
      "TLS Server certificate must be present and valid",
    ]);
    assert.deepEqual(errorsOf("", { flags: ["--tlscert", "c"] }), [
      "TLS Server private key must be present and valid",
    ]);
    assert.deepEqual(errorsOf("", { flags: ["--tlsverify", "--tls=false"] }), []);
  });

  const wrong: readonly (readonly [argv: readonly string[], text: string])[] = [
    [["--nope"], "flag provided but not defined: -nope"],
    [["-p"], "flag needs an argument: -p"],
    [["-p", "abc"], 'invalid value "abc" for flag -p: parse error'],
    [["-D=maybe"], 'invalid boolean value "maybe" for -D: parse error'],
    [["---c"], "bad flag syntax: ---c"],
    [["-=c"], "bad flag syntax: -=c"],
  ];
  for (const [argv, message] of wrong) {
    test(`${argv.join(" ")} is refused`, () => {
      assert.throws(() => parseCommandLine(argv), { name: "UsageError", message });
    });
  }

  test("are all in the help, and nothing else is", () => {
    const named = [...usage.matchAll(/(?<![\w<])-{1,2}([A-Za-z][\w]*)/g)].map(([, name]) => name);
    assert.deepEqual([...new Set(named)].sort(), Object.keys(flagKinds).sort());
  });
});

suite("the command line", () => {
  test("may ask for something else than to serve", () => {
    const action = (...argv: string[]): string => parseCommandLine(argv).action;
    assert.deepEqual(
      [action("-v"), action("version"), action("-h"), action("HELP"), action("--help_tls")],
      ["version", "version", "help", "help", "help-tls"],
    );
    assert.deepEqual(
      [action("-t", "-c", "f"), action("-sl", "reload=1"), action("-p", "1")],
      ["check", "signal", "serve"],
    );
  });

  test("has no other words", () => {
    assert.throws(() => parseCommandLine(["foo"]), {
      name: "UnknownCommandError",
      message: 'unrecognized command: "foo"',
    });
    assert.throws(() => parseCommandLine(["-t"]), UnknownCommandError);
  });

  test("is understood or refused, whatever it is", () => {
    const argument = fc.oneof(
      fc.constantFrom(...Object.keys(flagKinds)).map((name) => `-${name}`),
      fc.constantFrom("--", "-", "-p=1", "--js=0", "1", "x"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(argument), (argv) => {
        try {
          parseCommandLine(argv);
        } catch (error) {
          assert.ok(error instanceof UsageError || error instanceof UnknownCommandError);
        }
      }),
    );
  });
});
