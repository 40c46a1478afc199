import type { Argument, Command, Option } from "commander";
import type { ClientOptions } from "../client/options.ts";
import { liveNames, type NameKind } from "./live-names.ts";

/** What a shell is offered. */
export interface Offer {
  /** With `files` the shell completes names of files itself. */
  readonly kind: "words" | "files";
  readonly words: readonly Suggestion[];
}

export interface Suggestion {
  readonly word: string;
  readonly meaning?: string;
}

const files: Offer = { kind: "files", words: [] };
/** What arguments and values of options that are called so are names of. */
const kindByName: Readonly<Record<string, NameKind>> = {
  station: "station",
  stations: "station",
  group: "group",
  schema: "schema",
  tenant: "tenant",
  user: "user",
  context: "context",
  stream: "stream",
  consumer: "consumer",
};
/** Of commands whose argument is called `name`, what it is the name of: what they are about. */
const kindByCommand: Readonly<Record<string, NameKind>> = {
  user: "user",
  key: "user",
  tenant: "tenant",
  context: "context",
};
const fileNames: ReadonlySet<string> = new Set(["file", "files", "directory"]);
/** What a shell would take for something else than a word is not offered: names come from a server, too. */
const plainWord = /^[\w.,:=@%+/#-]+$/;

/**
 * What may stand at the end of a command line.
 *
 * @param root - `oxbow`, with the command loaded that the line calls.
 * @param words - Those behind `oxbow` as a shell has them; the last one is being written, and may be empty.
 */
export async function complete(root: Command, words: readonly string[]): Promise<Offer> {
  const line = joined(words);
  const current = line.at(-1) ?? "";
  const state = walk(root, line.slice(0, -1));
  const { command, awaited, positionals } = state;
  if (awaited !== undefined) return offerValue(awaited, current, "", state);
  const [, flag = "", value = ""] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  const option = flag === "" ? undefined : optionOf(command, flag);
  if (option !== undefined) return offerValue(option, value, `${flag}=`, state);
  if (current.startsWith("-")) return wordsOf(flagsOf(command), current);
  if (command.commands.length > 0 && positionals.length === 0) {
    return wordsOf(commandsOf(command), current);
  }
  const argument = argumentAt(command, positionals.length);
  if (argument === undefined) return wordsOf([], current);
  const choices = argument.argChoices ?? wordsOfParser(argument.parseArg);
  return offer(argument.name(), choices, current, "", state);
}

/** As the command line is read. bash takes `=` for a word of its own, and what is quoted with its quotes. */
function joined(words: readonly string[]): string[] {
  const line: string[] = [];
  for (const [index, word] of words.entries()) {
    const before = words[index - 1] ?? "";
    const isLast = index === words.length - 1;
    if (word === "=" && before.startsWith("--")) {
      if (isLast) line.push("");
    } else {
      line.push(word.replace(/^["']/, "").replace(/["']$/, ""));
    }
  }
  return line;
}

interface State {
  readonly command: Command;
  /** The option whose value is being written. */
  readonly awaited: Option | undefined;
  readonly positionals: readonly string[];
  /** Values of options, as they are written. */
  readonly values: Readonly<Record<string, string>>;
}

function walk(root: Command, words: readonly string[]): State {
  let command = root;
  let awaited: Option | undefined;
  let positionals: string[] = [];
  const values: Record<string, string> = {};
  for (const word of words) {
    const [, flag = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const child = command.commands.find((each) => each.name() === word);
    if (awaited !== undefined) {
      values[awaited.attributeName()] = word;
      awaited = undefined;
    } else if (word.startsWith("-") && word !== "-") {
      const option = optionOf(command, flag);
      if (option !== undefined && takesValue(option)) {
        if (value === undefined) awaited = option;
        else values[option.attributeName()] = value;
      }
    } else if (child !== undefined && positionals.length === 0) {
      command = child;
      positionals = [];
    } else {
      positionals.push(word);
    }
  }
  return { command, awaited, positionals, values };
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find((option) => option.long === flag || option.short === flag);
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  return all[index] ?? (last?.variadic === true ? last : undefined);
}

/** By the placeholder of its value, or by its own name: `--file <file>`, `--dead-letter-station <station>`. */
function offerValue(option: Option, current: string, prefix: string, state: State): Promise<Offer> {
  const placeholder = /[<[]([\w-]+)/.exec(option.flags)?.[1] ?? "";
  const name = option.long?.slice(2) ?? "";
  const choices = option.argChoices ?? wordsOfParser(option.parseArg);
  const isKnown = fileNames.has(placeholder) || kindByName[placeholder] !== undefined;
  return offer(isKnown ? placeholder : name, choices, current, prefix, state);
}

/** Those of `oneOf`. */
function wordsOfParser(parser: unknown): readonly string[] | undefined {
  return (parser as { readonly words?: readonly string[] } | undefined)?.words;
}

async function offer(
  name: string,
  choices: readonly string[] | undefined,
  current: string,
  prefix: string,
  { command, positionals, values }: State,
): Promise<Offer> {
  const offered = (all: readonly string[]): Offer =>
    wordsOf(
      all.map((word) => ({ word: `${prefix}${word}` })),
      `${prefix}${current}`,
    );
  if (choices !== undefined) return offered(choices);
  if (fileNames.has(name)) return files;
  const about = command.parent?.name() ?? "";
  const kind = name === "name" ? kindByCommand[about] : kindByName[name];
  const isNew = command.name() === "create" && positionals.length === 0 && kind !== "group";
  if (kind === undefined || (isNew && prefix === "" && isOwnName(about, kind))) return offered([]);
  const options = values as unknown as ClientOptions & { readonly tenant?: string };
  return offered(await liveNames(kind, { options, parent: positionals[0] }));
}

/** What is created has a name that there is not. */
function isOwnName(about: string, kind: NameKind): boolean {
  return about === kind;
}

function commandsOf(command: Command): Suggestion[] {
  return command.commands.map((each) => ({
    word: each.name(),
    meaning: each.summary() || each.description(),
  }));
}

function flagsOf(command: Command): Suggestion[] {
  const flags = command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ word: long ?? short ?? "", meaning: description }));
  return flags.filter(({ word }) => word !== "");
}

function wordsOf(all: readonly Suggestion[], current: string): Offer {
  const words = all.filter(({ word }) => word.startsWith(current) && plainWord.test(word));
  return { kind: "words", words };
}
