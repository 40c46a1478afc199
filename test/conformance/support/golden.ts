import { readFileSync } from "node:fs";

/** One `##` section of a golden file: its title, and its lines without the empty ones. */
export interface GoldenSection {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Reads a golden file of `testdata` into sections. Lines before the first section are remarks. */
export function readGolden(name: string): GoldenSection[] {
  const text = readFileSync(new URL(`../testdata/${name}`, import.meta.url), "utf8");
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = "", ...lines] = section.split("\n");
      return { title, lines: lines.filter((line) => line !== "") };
    });
}

/** Writes out `{a*300}`, which stands for 300 times the letter a. */
export function expanded(text: string): string {
  return text.replace(/\{(.)\*(\d+)\}/g, (_, letter: string, count: string) =>
    letter.repeat(Number(count)),
  );
}
