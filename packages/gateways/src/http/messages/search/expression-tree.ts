import type { CelEnv, parse } from "@bufbuild/cel";
import { ExpressionMistake } from "./expression-mistake.ts";
import { searchLimits } from "./search-limits.ts";

export type Parsed = ReturnType<typeof parse>;
type Node = Parsed["expr"];

/** What a message has that an expression may look at. */
export const variables: readonly string[] = [
  "key",
  "headers",
  "value",
  "time",
  "sequence",
  "partition",
  "size",
];

/** What an expression costs: nodes that are looked at once, and those for each item of a list. */
interface ExpressionCost {
  readonly once: number;
  readonly onceTexts: number;
  readonly each: number;
  readonly eachTexts: number;
}

/** Functions that read through a text. */
const textual: ReadonlySet<string> = new Set(["matches", "contains"]);

/**
 * Looks at all of an expression before it is tried on anything.
 *
 * @throws ExpressionMistake for a name or function that there is not, and for what could take too long
 */
export class ExpressionTree {
  readonly #env: CelEnv;
  readonly #positions: Readonly<Record<string, number>>;
  #nodes = 0;
  #cost = { once: 0, onceTexts: 0, each: 0, eachTexts: 0 };

  constructor(env: CelEnv, { sourceInfo }: Parsed) {
    this.#env = env;
    this.#positions = sourceInfo?.positions ?? {};
  }

  check(node: Node): ExpressionCost {
    this.#look(node, new Set(variables), false);
    return this.#cost;
  }

  offsetOf(id: bigint): number {
    return this.#positions[String(id)] ?? 0;
  }

  /** Goes through all that it is made of. */
  #look(node: Node | undefined, names: ReadonlySet<string>, isInLoop: boolean): void {
    if (node === undefined) return;
    this.#nodes += 1;
    if (this.#nodes > searchLimits.expressionNodesMax) {
      throw this.#mistake(node, "the expression has too many parts: make it shorter");
    }
    this.#cost[isInLoop ? "each" : "once"] += 1;
    const { case: kind, value } = node.exprKind;
    const look = (child: Node | undefined): void => this.#look(child, names, isInLoop);
    switch (kind) {
      case "identExpr":
        if (names.has(value.name) || this.#isType(value.name)) return;
        throw this.#mistake(
          node,
          `there is no ${value.name}: a message has ${variables.join(", ")}; what is in it is value.${value.name}`,
        );
      case "selectExpr":
        look(value.operand);
        break;
      case "callExpr":
        this.#call(node, value.function, value.args, isInLoop);
        for (const child of [value.target, ...value.args]) look(child);
        break;
      case "listExpr":
        for (const element of value.elements) look(element);
        break;
      case "structExpr":
        for (const { keyKind, value: item } of value.entries) {
          if (keyKind.case === "mapKey") look(keyKind.value);
          look(item);
        }
        break;
      case "comprehensionExpr": {
        if (isInLoop) {
          throw this.#mistake(node, "a loop within a loop could take too long: use one");
        }
        look(value.iterRange);
        look(value.accuInit);
        const inner = new Set([...names, value.iterVar, value.iterVar2, value.accuVar]);
        for (const each of [value.loopCondition, value.loopStep]) this.#look(each, inner, true);
        this.#look(value.result, inner, false);
        break;
      }
      default:
        break;
    }
  }

  #call(node: Node, name: string, args: readonly Node[], isInLoop: boolean): void {
    const isPlain = /^[a-z]\w*$/i.test(name);
    if (isPlain && this.#env.funcs.find(name) === undefined) {
      throw this.#mistake(node, `there is no function ${name}`);
    }
    if (!textual.has(name)) return;
    this.#cost[isInLoop ? "eachTexts" : "onceTexts"] += 1;
    if (name === "matches" && args.at(-1)?.exprKind.case !== "constExpr") {
      throw this.#mistake(node, "matches takes a pattern that is written as text");
    }
  }

  #isType(name: string): boolean {
    return /^(?:bool|bytes|double|duration|int|list|map|null_type|string|timestamp|type|uint|google)$/.test(
      name,
    );
  }

  #mistake({ id }: Node, message: string): ExpressionMistake {
    return new ExpressionMistake(message, this.offsetOf(id));
  }
}
