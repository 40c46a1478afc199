import { isAbsolute, resolve } from "node:path";
import { Command } from "commander";
import { type ClientOptions, withServerOptions } from "../client/options.ts";
import type { Context } from "../contexts/context.ts";
import { exampleText } from "../examples.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { note, print, printJson } from "../output/print.ts";
import { renderFields, renderTable } from "../output/table.ts";

interface JsonOptions {
  readonly json?: boolean;
}

interface AddOptions extends JsonOptions, Omit<ClientOptions, "context" | "timeout"> {
  readonly description?: string;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
  readonly tlsFirst?: boolean;
  readonly replace?: boolean;
  readonly use?: boolean;
}

/** `oxbow context …`. */
export function createCommand(): Command {
  return new Command("context")
    .description(
      "Contexts are servers and credentials with names. They are files that only you can read, in oxbow/contexts of " +
        "XDG_CONFIG_HOME (~/.config). Options win over variables, those over the context in use, unless --context names one.",
    )
    .helpCommand(false)
    .addCommand(addContext())
    .addCommand(listContexts())
    .addCommand(useContext())
    .addCommand(showContext())
    .addCommand(removeContext())
    .addCommand(importContexts())
    .addHelpText(
      "after",
      exampleText([
        "oxbow context add prod --server nats://prod:4222 --user ann --password-file ~/.prod --use",
        "oxbow context use prod",
        "oxbow station list --context test",
      ]),
    );
}

function contextCommand(name: string, description: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(description)
    .option("--json", "print JSON")
    .addHelpText("after", exampleText(examples));
}

/** Prints what was done: as JSON for machines, else in words. */
function done({ json }: JsonOptions, outcome: object, inWords: string): void {
  if (json === true) printJson(outcome);
  else print(inWords);
}

function addContext(): Command {
  const command = contextCommand("add", "Add a server and how to connect to it.", [
    "oxbow context add local --server nats://127.0.0.1:4222 --use",
    "oxbow context add prod --server tls://prod:4222 --creds ~/prod.creds --tls-ca ca.pem",
    "oxbow context add test --server nats://test:4222 --token-file ~/.test-key --replace",
  ])
    .argument("<name>", "name of the context")
    .option("--description <text>", "what it is for")
    .option("--password-file <file>", "file with the password, which stays where it is")
    .option("--token-file <file>", "file with the token or access key, likewise")
    .option("--tls-first", "begin with TLS, before the server has said a word")
    .option("--replace", "replace the one that there is")
    .option("--use", "use it where none is named");
  return withServerOptions(command).action(async (name: string, options: AddOptions) => {
    const { replace = false, use = false, json, ...fields } = options;
    const context = checked(fields);
    const [{ ContextStore }, { contextName, hasSecret }, { serverTarget }] = await load();
    const store = new ContextStore();
    if (!replace && store.has(contextName(name))) {
      throw new CommandFailure(`there is a context ${name}: write --replace, or another name`);
    }
    // What can't connect is told now, and not when it is used.
    serverTarget({ context: name }, {}, { current: () => undefined, read: () => context });
    store.write(name, context);
    if (use) store.use(name);
    if (hasSecret(context)) {
      note(`the secret is kept in ${store.pathOf(name)}, which only you can read`);
    }
    const next = use ? ", which is in use" : `: oxbow context use ${name}`;
    done({ json: json === true }, { context: name, isCurrent: use }, `added ${name}${next}`);
  });
}

/** With absolute paths: a context is used from anywhere. */
function checked(fields: Omit<AddOptions, "replace" | "use" | "json">): Context {
  const { passwordFile, tokenFile, creds, nkey, tlsCa, tlsCert, tlsKey, ...rest } = fields;
  const secrets = Object.entries({ passwordFile, tokenFile, creds, nkey, tlsCa, tlsCert, tlsKey });
  const context: Context = {
    ...rest,
    ...Object.fromEntries(
      secrets
        .filter(([, path]) => path !== undefined)
        .map(([key, path = ""]) => [key, isAbsolute(path) ? path : resolve(path)]),
    ),
  };
  for (const [one, other] of [
    ["password", "passwordFile"],
    ["token", "tokenFile"],
  ] as const) {
    if (context[one] !== undefined && context[other] !== undefined) {
      throw new UsageError(`oxbow context add: --${one} and --${one}-file exclude one another`);
    }
  }
  return context;
}

function listContexts(): Command {
  return contextCommand("list", "List the contexts; a star is at the one in use.", [
    "oxbow context list",
  ]).action(async ({ json }: JsonOptions) => {
    const [{ ContextStore }, { identityText, withoutSecrets }] = await load();
    const store = new ContextStore();
    const current = store.current();
    const contexts = store.names().map((name) => {
      return { name, isCurrent: name === current, ...withoutSecrets(store.read(name)) };
    });
    if (json === true) printJson(contexts);
    else if (contexts.length === 0) {
      print('no contexts: add one with "oxbow context add NAME --server nats://HOST:PORT"');
    } else {
      const titles = ["", "context", "server", "as", "description"];
      print(
        renderTable(
          titles.map((title) => ({ title })),
          contexts.map((each) => [
            each.isCurrent ? "*" : "",
            each.name,
            each.server ?? "",
            identityText(each),
            each.description ?? "",
          ]),
        ),
      );
    }
  });
}

function useContext(): Command {
  return contextCommand("use", "Use a context wherever none is named.", [
    "oxbow context use prod",
    "oxbow context use --none",
  ])
    .argument("[name]", "name of the context")
    .option("--none", "use none")
    .action(
      async (name: string | undefined, options: JsonOptions & { readonly none?: boolean }) => {
        const { none = false } = options;
        if ((name === undefined) !== none) {
          throw new UsageError("oxbow context use: write the name of one, or --none");
        }
        const [{ ContextStore }] = await load();
        const store = new ContextStore();
        if (name === undefined) store.useNone();
        else store.use(name);
        const text = name === undefined ? "no context is in use" : `${name} is in use`;
        done(options, { context: name ?? null }, text);
      },
    );
}

function showContext(): Command {
  return contextCommand("show", "Show a context, or the one in use. Secrets are not shown.", [
    "oxbow context show prod",
    "oxbow context show --json",
  ])
    .argument("[name]", "name of the context")
    .action(async (named: string | undefined, { json }: JsonOptions) => {
      const [{ ContextStore }, { withoutSecrets }] = await load();
      const store = new ContextStore();
      const name = named ?? process.env["OXBOW_CONTEXT"] ?? store.current();
      if (name === undefined || name === "") {
        throw new CommandFailure('no context is in use: "oxbow context use NAME"');
      }
      const context = withoutSecrets(store.read(name));
      if (json === true) printJson({ name, ...context });
      else {
        const fields = Object.entries(context).map(([key, value]) => [key, String(value)] as const);
        print(`${name}\n${renderFields([...fields, ["file", store.pathOf(name)]])}`);
      }
    });
}

function removeContext(): Command {
  return contextCommand("remove", "Remove a context, with the secret that is in it.", [
    "oxbow context remove prod",
  ])
    .argument("<name>", "name of the context")
    .action(async (name: string, options: JsonOptions) => {
      const [{ ContextStore }] = await load();
      const isDeleted = new ContextStore().remove(name);
      done(options, { isDeleted }, isDeleted ? `removed ${name}` : `there was no context ${name}`);
    });
}

function importContexts(): Command {
  return contextCommand("import", "Copy contexts of the nats command: those named, or all.", [
    "oxbow context import",
    "oxbow context import prod --replace",
  ])
    .argument("[names...]", "their names")
    .option("--replace", "replace those that there are")
    .action(async (names: readonly string[], options: JsonOptions & { replace?: boolean }) => {
      const { replace = false } = options;
      const [[{ ContextStore }, { contextName }], { NatsContexts }] = await Promise.all([
        load(),
        import("../contexts/nats-contexts.ts"),
      ]);
      const [store, theirs] = [new ContextStore(), new NatsContexts()];
      const wanted = names.length > 0 ? names : theirs.names();
      if (wanted.length === 0) throw new CommandFailure("the nats command has no contexts here");
      const failures: string[] = [];
      for (const name of wanted) {
        try {
          if (!replace && store.has(contextName(name))) {
            throw new CommandFailure(`there is a context ${name}: write --replace`);
          }
          store.write(name, theirs.read(name));
          done(options, { context: name }, `imported ${name}`);
        } catch (error) {
          if (!(error instanceof CommandFailure)) throw error;
          failures.push(error.message);
        }
      }
      if (failures.length > 0) throw new CommandFailure(failures.join("; "));
    });
}

/** Loaded when a command is called, so that help needs none of it. */
function load() {
  return Promise.all([
    import("../contexts/context-store.ts"),
    import("../contexts/context.ts"),
    import("../client/target.ts"),
  ]);
}
