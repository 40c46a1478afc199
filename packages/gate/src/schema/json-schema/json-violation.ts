import type { ErrorObject } from "ajv";
import { pointerToken } from "../path.ts";
import { type Violation, violation } from "../violation.ts";

const allowedMax = 10;

/**
 * Says in words what is wrong. Of alternatives none of which fits, the nearest is the one that got furthest into the
 * message.
 *
 * @param errors - What Ajv found, the outermost rule last.
 */
export function violationOf(errors: readonly ErrorObject[]): Violation {
  const last = errors.at(-1);
  if (last === undefined) return violation("", "schema", "does not fit the schema");
  const nearest = errors.slice(0, -1).reduce<ErrorObject | undefined>(deeper, undefined);
  const hint =
    nearest === undefined || nearest.instancePath.length < last.instancePath.length
      ? ""
      : `; the nearest fails at ${nearest.instancePath || "its root"}: ${messageOf(nearest)}`;
  return violation(pathOf(last), last.keyword, `${messageOf(last)}${hint}`);
}

function deeper(best: ErrorObject | undefined, error: ErrorObject): ErrorObject {
  return best === undefined || depthOf(error) > depthOf(best) ? error : best;
}

function depthOf({ instancePath }: ErrorObject): number {
  return instancePath.split("/").length;
}

/** The path of what is missing or too much, rather than of the object around it. */
function pathOf({ instancePath, params }: ErrorObject): string {
  const property: unknown =
    params["missingProperty"] ?? params["additionalProperty"] ?? params["unevaluatedProperty"];
  return typeof property === "string" ? instancePath + pointerToken(property) : instancePath;
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  if (typeof params["missingProperty"] === "string") return "is required";
  if (typeof params["additionalProperty"] === "string") return "is not a property of the schema";
  if (typeof params["unevaluatedProperty"] === "string") return "is not a property of the schema";
  if (keyword === "enum") return `must be one of ${listed(params["allowedValues"])}`;
  if (keyword === "const") return `must be ${JSON.stringify(params["allowedValue"])}`;
  return message ?? "does not fit";
}

function listed(values: unknown): string {
  if (!Array.isArray(values)) return "the values of the schema";
  const shown = values.slice(0, allowedMax).map((value) => JSON.stringify(value));
  return values.length > allowedMax ? `${shown.join(", ")}, …` : shown.join(", ");
}
