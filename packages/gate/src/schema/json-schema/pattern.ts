import { RE2JS, RE2JSException } from "re2js";
import { gateError } from "../../errors.ts";
import { schemaLimits } from "../limits.ts";
import type { WorkBudget } from "../work-budget.ts";

/** How many characters are one unit of work. */
const charsPerUnit = 16;
/** One character, class or escape, and how often. */
const atom = String.raw`(?:[A-Za-z0-9_ @:,;#=/!"'%&~<>-]|\\[dDwWsS.\\/+*?()[\]{}^$|-]|\[\^?[^\[\]\\]+\])`;
const quantifier = String.raw`(?:[?*+]|\{\d{1,3}(?:,(?:\d{1,3})?)?\})?`;
const simple = new RegExp(String.raw`^\^(?:${atom}${quantifier})*\$?$`);
const parts = new RegExp(`(${atom})(${quantifier})`, "g");
/** A quantifier that leaves open how many there are, and one that none at all may satisfy. */
const variable = /^[?*+]$|,/;
const optional = /^[?*]$|^\{0+[,}]/;
/** An atom that is one certain character. */
const literal = /^(?:[^\\[]|\\[^dDwWsS])$/;

/** What all kinds of regular expressions can do. */
interface Matcher {
  test(text: string): boolean;
}

/**
 * A regular expression of a schema, which finds what it means anywhere in the text, as JSON Schema wants it. Its time is
 * linear in the text, whatever it is: it runs on RE2, or on the engine of the language where it is so simple that this
 * is sure. Look-around and back-references, which can't be had in such a time, are refused.
 */
export class Pattern {
  readonly #source: string;
  readonly #matcher: Matcher;
  readonly #budget: WorkBudget;

  private constructor(source: string, matcher: Matcher, budget: WorkBudget) {
    this.#source = source;
    this.#matcher = matcher;
    this.#budget = budget;
  }

  /** @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE` */
  static compile(source: string, budget: WorkBudget): Pattern {
    if (source.length > schemaLimits.patternCharsMax) {
      throw gateError(
        "SCHEMA_TOO_LARGE",
        `a pattern has ${source.length} characters, more than ${schemaLimits.patternCharsMax}`,
      );
    }
    return new Pattern(source, isSimple(source) ? new RegExp(source, "u") : linear(source), budget);
  }

  /** Makes one of an expression that is known to RE2. */
  static of({ source, flags }: RegExp, budget: WorkBudget): Pattern {
    const re2Flags = flags.includes("i") ? RE2JS.CASE_INSENSITIVE : 0;
    return new Pattern(source, RE2JS.compile(RE2JS.translateRegExp(source), re2Flags), budget);
  }

  /** @throws OverBudget */
  test(text: string): boolean {
    this.#budget.spend(1 + text.length / charsPerUnit);
    return this.#matcher.test(text);
  }

  /** Tells one from others. */
  toString(): string {
    return this.#source;
  }
}

/**
 * Whether an expression begins at the beginning, is a mere row of characters and classes, and wherever but for the last
 * time it leaves open how many there are, what must follow is a character that is none of them. Then there is one place
 * for it to go on, and nothing is tried twice.
 */
function isSimple(source: string): boolean {
  if (!simple.test(source)) return false;
  const row = [...source.slice(1).matchAll(parts)];
  const last = row.findLastIndex(([, , many = ""]) => variable.test(many));
  return row.every(([, item = "", many = ""], index) => {
    if (index >= last || !variable.test(many)) return true;
    const [, next = "", nextMany = ""] = row[index + 1] ?? [];
    const isSure = literal.test(next) && !optional.test(nextMany);
    return isSure && !new RegExp(`^${item}$`, "u").test(next.replace("\\", ""));
  });
}

function linear(source: string): Matcher {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source));
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const isUnbounded = /\(\?<?[=!]|\\[1-9]/.test(source);
    const why = isUnbounded
      ? "look-around and back-references are not offered, because nothing bounds their time"
      : error.message;
    throw gateError(
      "SCHEMA_INVALID",
      `the pattern ${JSON.stringify(source)} can't be used: ${why}`,
    );
  }
}
