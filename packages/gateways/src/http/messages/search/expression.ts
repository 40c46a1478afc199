import {
  type CelFunc,
  type CelInput,
  CelScalar,
  celEnv,
  celFunc,
  isCelError,
  parse,
  plan,
} from "@bufbuild/cel";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ExpressionMistake } from "./expression-mistake.ts";
import { ExpressionTree, type Parsed } from "./expression-tree.ts";
import { searchLimits } from "./search-limits.ts";

/** What an expression is tried on. */
interface ExpressionFacts {
  readonly key: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** The message as JSON, or else its text, if it is that. */
  readonly text: string;
  readonly timeMs: number;
  readonly sequence: number;
  readonly partition: number;
  readonly sizeBytes: number;
}

/** `true` and `false` for what matches and what does not; else why it could not be tried. */
export type Judgement = boolean | string;

const { DOUBLE, INT } = CelScalar;
const arithmetic = {
  "_+_": (a: number, b: number) => a + b,
  "_-_": (a: number, b: number) => a - b,
  "_*_": (a: number, b: number) => a * b,
  "_/_": (a: number, b: number) => a / b,
  "_%_": (a: number, b: number) => a % b,
} as const;
/** Numbers of JSON are doubles, and `value.count + 1` would be refused by CEL itself. */
const mixed: CelFunc[] = Object.entries(arithmetic).flatMap(([name, reckon]) => [
  celFunc(name, [DOUBLE, INT], DOUBLE, (a, b) => reckon(a, Number(b))),
  celFunc(name, [INT, DOUBLE], DOUBLE, (a, b) => reckon(Number(a), b)),
]);
const environment = celEnv({
  funcs: [...mixed, celFunc("_%_", [DOUBLE, DOUBLE], DOUBLE, (a, b) => a % b)],
});

/** An expression in CEL that messages are tried on. It can't do anything but say yes or no. */
export class Expression {
  readonly #run: ReturnType<typeof plan>;
  readonly #work: (valueBytes: number, items: number) => number;
  readonly #usesValue: boolean;

  /** @throws ExpressionMistake that says what is wrong, and where */
  constructor(text: string) {
    const { expressionCharsMax } = searchLimits;
    if (text.length > expressionCharsMax) {
      const message = `an expression has at most ${expressionCharsMax} characters`;
      throw new ExpressionMistake(message, expressionCharsMax);
    }
    const parsed = parsedOf(text);
    const { once, onceTexts, each, eachTexts } = new ExpressionTree(environment, parsed).check(
      parsed.expr,
    );
    this.#work = (valueBytes, items) =>
      once + (onceTexts * valueBytes) / 8 + items * (each + eachTexts * (10 + valueBytes / 8));
    this.#usesValue = /\bvalue\b/.test(text);
    this.#run = plan(environment, parsed);
  }

  judge(facts: ExpressionFacts): Judgement {
    const { text, timeMs, sequence, partition, sizeBytes } = facts;
    const looked = this.#usesValue ? text : "";
    const { valueBytesMax, workMax } = searchLimits;
    const isTooMuch =
      looked.length > valueBytesMax || this.#work(looked.length, commasIn(looked) + 1) > workMax;
    if (isTooMuch) return "the message is too large for this expression";
    try {
      const result = this.#run({
        key: facts.key,
        headers: facts.headers as CelInput,
        value: this.#usesValue ? inputOf(text) : null,
        time: timestampFromMs(timeMs),
        sequence: BigInt(sequence),
        partition: BigInt(partition),
        size: BigInt(sizeBytes),
      });
      if (isCelError(result)) return result.message;
      if (typeof result === "boolean") return result;
      return "the expression is neither true nor false";
    } catch (error) {
      return (error as Error).message;
    }
  }
}

function parsedOf(text: string): Parsed {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new ExpressionMistake("the expression is nested too deeply", 0);
    }
    const { rawMessage, location, message } = error as Error & {
      readonly rawMessage?: string;
      readonly location?: { readonly start: { readonly offset: number } };
    };
    // What might stand there is a long list, which helps nobody.
    const said = (rawMessage ?? message).replace(/ but expecting .*$/s, " where it can't be");
    throw new ExpressionMistake(said, location?.start.offset ?? 0);
  }
}

function inputOf(text: string): CelInput {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const isOdd = text.includes('"constructor"') || text.includes('"$typeName"');
  return (isOdd ? mapsOf(value) : value) as CelInput;
}

/** With maps for objects: the library takes some names of fields for signs of its own. */
function mapsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapsOf);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([name, each]) => [name, mapsOf(each)]));
}

/** No list in a text of JSON has more items than that, and one. */
function commasIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(","); at >= 0; at = text.indexOf(",", at + 1)) count += 1;
  return count;
}
