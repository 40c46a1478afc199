import { type Fields, sampleOf } from "../../parts/json-sample.ts";
import { quoted } from "../../parts/snippets/shell.ts";
import { keyPlaceholder } from "../../parts/snippets/snippet.ts";
import type { ApiDocument, Operation, Parameter, Shape } from "./document.ts";

/** Values of parameters, by their names, and the text of a body. */
export interface Given {
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What things are called in examples, by the names that paths have for them. */
const examples: Readonly<Record<string, string>> = {
  ...{ station: "orders", group: "billing", schema: "order", user: "ada", tenant: "acme" },
  ...{ bucket: "settings", key: "theme", name: "report.pdf", channel: "ops", rule: "late" },
  ...{ ingest: "github", subject: "greetings", partition: "1", sequence: "1", version: "1" },
  id: "1",
};

export const streamType = "text/event-stream";

/** What stands in a curl line where nothing else was given: what is demanded, and no more. */
export function exampleOf(operation: Operation, document: ApiDocument): Given {
  const { parameters, body } = operation;
  const needed = parameters.filter(({ required }) => required === true);
  const isJson = body?.types[0] === "application/json";
  const sample = !isJson
    ? ""
    : body.example === undefined
      ? exampleText(body.shape, document, true)
      : JSON.stringify(body.example, undefined, 2);
  return {
    parameters: Object.fromEntries(needed.map((each) => [each.name, exampleValue(each)])),
    body: sample,
  };
}

/** JSON of a shape, as an example. */
export function exampleText(shape: Shape, document: ApiDocument, isLeast: boolean): string {
  const value = sampleOf(shape, document as unknown as Fields, { isLeast });
  return JSON.stringify(value, undefined, 2);
}

function exampleValue({ name, schema }: Parameter): string {
  const known = examples[name];
  if (known !== undefined) return known;
  const value = sampleOf(schema, {});
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Path and query of a request. */
export function addressOf({ path, parameters }: Operation, given: Given["parameters"]): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(given[name] ?? ""),
  );
  const query = new URLSearchParams(
    parameters
      .filter((each) => each.in === "query" && (given[each.name] ?? "") !== "")
      .map(({ name }) => [name, given[name] ?? ""]),
  );
  return query.size === 0 ? filled : `${filled}?${query}`;
}

/** Headers of a request, but for who asks. */
export function headersOf(
  { parameters, body }: Operation,
  given: Given,
): readonly (readonly [name: string, value: string])[] {
  const type = body?.types[0];
  return [
    ...(type !== undefined && given.body !== "" ? [["Content-Type", type] as const] : []),
    ...parameters
      .filter((each) => each.in === "header" && (given.parameters[each.name] ?? "") !== "")
      .map(({ name }) => [name, given.parameters[name] ?? ""] as const),
  ];
}

/** A line for a shell that asks it of this server. */
export function curlText(operation: Operation, given: Given, isKeyNeeded: boolean): string {
  const { method, body, answers, tag } = operation;
  const isBytes = body !== undefined && body.types[0] !== "application/json";
  const isStream = answers.some(({ types }) => types.includes(streamType));
  // Sessions are of browsers, and known by their cookie.
  const isOfSession = tag === "session" && operation.id !== "session.begin";
  const headers = [
    ...(isKeyNeeded && tag !== "session" ? [["Authorization", `Bearer ${keyPlaceholder}`]] : []),
    ...(isOfSession ? [["Cookie", "__Host-oxbow=YOUR_SESSION"]] : []),
    ...headersOf(operation, isBytes ? { ...given, body: "bytes" } : given),
  ];
  const usual = body === undefined ? "GET" : "POST";
  const hasBody = given.body !== "" || isBytes;
  const lines = [
    `curl${isStream ? " -N" : ""}${method === usual && hasBody === (usual === "POST") ? "" : ` -X ${method}`} ${quoted(`${window.location.origin}${addressOf(operation, given.parameters)}`)}`,
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(isBytes ? ["--data-binary @file"] : given.body === "" ? [] : [`-d ${quoted(given.body)}`]),
  ];
  return lines.join(" \\\n  ");
}
