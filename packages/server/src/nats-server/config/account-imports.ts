import type { ImportOptions } from "@oxbow/engine";
import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import type { Draft } from "./draft.ts";
import { attempt, type Fields, type Reading, readMap } from "./reading.ts";
import { boolean, text, unfit } from "./values.ts";

/** Where an import comes from. */
interface Origin {
  account?: string;
  subject?: string;
}

interface ImportDraft extends Draft<Omit<ImportOptions, "kind" | "account" | "subject">> {
  stream?: Origin;
  service?: Origin;
}

const originFields: Fields<Origin> = {
  account: text((origin, value) => {
    origin.account = value;
  }),
  subject: text((origin, value) => {
    origin.subject = value;
  }),
};

export const importFields: Fields<ImportDraft> = {
  stream: (draft, value, reading) => {
    draft.stream = readOrigin(value, "Stream", reading);
  },
  service: (draft, value, reading) => {
    draft.service = readOrigin(value, "Service", reading);
  },
  prefix: text((draft, value) => {
    draft.prefix = value;
  }),
  to: text((draft, value) => {
    draft.to = value;
  }),
  share: boolean((draft, value) => {
    draft.isShared = value;
  }),
  allow_trace: boolean((draft, value) => {
    draft.allowTrace = value;
  }),
};

/** `imports: [ { stream: { account, subject }, prefix }, { service: …, to } ]` of an account. */
export function readImports(value: ConfValue, reading: Reading): ImportOptions[] {
  if (value.kind !== "array") {
    throw unfit(value, `Imports should be an array, got ${describeConfKind(value)}`);
  }
  const imports: ImportOptions[] = [];
  for (const item of value.items) {
    const read = attempt(reading, () => readImport(item, imports, reading));
    if (read !== undefined) imports.push(read);
  }
  return imports;
}

function readImport(
  value: ConfValue,
  others: readonly ImportOptions[],
  reading: Reading,
): ImportOptions | undefined {
  if (value.kind !== "map") {
    throw unfit(
      value,
      `Import Items should be a map with type entry, got ${describeConfKind(value)}`,
    );
  }
  const draft: ImportDraft = {};
  if (!readMap(value.entries, importFields, draft, reading)) return undefined;
  const { stream, service, ...rest } = draft;
  const origin = stream ?? service;
  if (origin === undefined) throw unfit(value, "An import needs a stream or a service");
  if (stream !== undefined && service !== undefined) {
    throw unfit(value, "Detected service but already saw a stream");
  }
  const { account = "", subject = "" } = origin;
  if (account === "" || subject === "") {
    throw unfit(value, "Expect an account name and a subject");
  }
  if (stream !== undefined) {
    if ((rest.prefix ?? "") !== "" && (rest.to ?? "") !== "") {
      throw unfit(value, "Stream import can not have a 'prefix' and a 'to' property");
    }
    return { kind: "stream", account, subject, ...rest };
  }
  if (rest.allowTrace !== undefined) {
    throw unfit(value, "Detected allow_trace directive on a non-stream");
  }
  refuseDuplicate(value, { account, to: rest.to ?? subject }, others);
  return { kind: "service", account, subject, ...rest };
}

/** A subject of a service may come from several accounts, but only once from each. */
function refuseDuplicate(
  value: ConfValue,
  { account, to }: { readonly account: string; readonly to: string },
  others: readonly ImportOptions[],
): void {
  const same = others.find(
    (other) =>
      other.kind === "service" && other.account === account && (other.to ?? other.subject) === to,
  );
  if (same === undefined) return;
  const previous = `previously used in import for account "${account}", subject "${same.subject}"`;
  throw unfit(value, `Duplicate service import subject "${to}", ${previous}`);
}

function readOrigin(value: ConfValue, what: string, reading: Reading): Origin {
  if (value.kind !== "map") {
    throw unfit(value, `${what} entry should be an account map, got ${describeConfKind(value)}`);
  }
  const origin: Origin = {};
  readMap(value.entries, originFields, origin, reading);
  return origin;
}
