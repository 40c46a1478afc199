import { jsonLanguage } from "@codemirror/lang-json";
import type { Mistake } from "./code-editor.tsx";

type Tree = ReturnType<typeof jsonLanguage.parser.parse>;
type Node = Tree["topNode"];

/** Where a text stops being JSON. Load it lazily, as the editor. */
export function jsonMistake(text: string, message: string): Mistake | undefined {
  let found: Mistake | undefined;
  jsonLanguage.parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) found ??= { from, to: Math.max(to, from + 1), message };
    },
  });
  return found;
}

/** Where the value stands in a text that a JSON pointer leads to, as far as the pointer leads. */
export function placeOfPointer(
  text: string,
  pointer: string,
): { readonly from: number; readonly to: number } | undefined {
  let node: Node | null = jsonLanguage.parser.parse(text).topNode.firstChild;
  let found: Node | null = null;
  for (const escaped of pointer.split("/").slice(1)) {
    const step = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    node = node === null ? null : childOf(text, node, step);
    if (node === null) break;
    found = node;
  }
  return found === null ? undefined : { from: found.from, to: found.to };
}

function childOf(text: string, node: Node, step: string): Node | null {
  if (node.name === "Array") {
    const values = childrenOf(node).filter(({ name }) => !["[", "]", ","].includes(name));
    return values[Number(step)] ?? null;
  }
  for (const property of childrenOf(node)) {
    const [name, ...rest] = childrenOf(property);
    if (property.name !== "Property" || name === undefined) continue;
    if (text.slice(name.from, name.to) === JSON.stringify(step)) return rest.at(-1) ?? null;
  }
  return null;
}

function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}
