import type { Command } from "commander";
import { complete } from "./complete.ts";

/**
 * Answers a shell, which can do nothing about a failure: then there is nothing to offer.
 *
 * @param createProgram - The program with the command loaded that the words call.
 */
export async function runComplete(
  words: readonly string[],
  createProgram: (words: readonly string[]) => Promise<Command>,
): Promise<void> {
  const line = words[0] === "--" ? words.slice(1) : words;
  const offer = await createProgram(line)
    .then((program) => complete(program, line))
    .catch(() => ({ kind: "words", words: [] }) as const);
  const lines = offer.words.map(({ word, meaning = "" }) =>
    meaning === "" ? word : `${word}\t${meaning.replaceAll(/\s+/g, " ")}`,
  );
  const text = [offer.kind, ...lines].map((each) => `${each}\n`).join("");
  // A connection that nobody waits for any more must keep no shell waiting.
  await new Promise<void>((done) => process.stdout.write(text, () => done()));
  process.exit(0);
}
