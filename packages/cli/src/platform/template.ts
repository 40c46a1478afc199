import { InvalidArgumentError } from "commander";
import { CommandFailure } from "../failures.ts";

/** A text with places that are filled from each message. */
export type Template = (fields: () => unknown, number: number) => string;

/**
 * A template such as `{customer.country}.{id}`: `{name}` is a field of the message, which is JSON or a row of CSV, `{#}` the
 * number of the message, `{{` a brace.
 *
 * @throws commander's error, whose text says what to write
 */
export function template(text: string): Template {
  const parts = [...text.matchAll(/\{\{|\}\}|\{([^{}]+)\}|[^{}]+|[{}]/g)].map(
    ([whole, field]): Template => {
      if (field === "#") return (_, number) => String(number);
      if (field !== undefined) return (fields, number) => fieldText(fields(), field, number);
      if (whole === "{" || whole === "}") {
        throw new InvalidArgumentError("Write {field} for a field, and {{ for a brace.");
      }
      const plain = whole === "{{" ? "{" : whole === "}}" ? "}" : whole;
      return () => plain;
    },
  );
  return (fields, number) => parts.map((part) => part(fields, number)).join("");
}

/** `name:template`, added to those of earlier uses of the option. */
export function headerTemplates(
  text: string,
  previous: readonly (readonly [string, Template])[] = [],
): readonly (readonly [string, Template])[] {
  const at = text.indexOf(":");
  if (at < 1) throw new InvalidArgumentError("Write name:value.");
  return [...previous, [text.slice(0, at).trim(), template(text.slice(at + 1).trim())]];
}

function fieldText(value: unknown, path: string, number: number): string {
  let found = value;
  for (const name of path.split(".")) {
    const isObject = typeof found === "object" && found !== null && Object.hasOwn(found, name);
    found = isObject ? (found as Readonly<Record<string, unknown>>)[name] : undefined;
  }
  if (typeof found === "string") return found;
  if (typeof found === "number" || typeof found === "boolean") return String(found);
  throw new CommandFailure(
    `message ${number} has no text, number or truth value in ${path}, which {${path}} asks for`,
  );
}
