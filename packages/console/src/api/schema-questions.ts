import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type {
  Attachment,
  SchemaBreaks,
  SchemaDiff,
  SchemaFormat,
  SchemaReference,
  SchemaText,
  SchemaTrial,
} from "oxbow/control";
import { ask, path } from "./ask.ts";
import { list } from "./questions.ts";
import type { Schema } from "./types.ts";

/** A text that somebody works on, with what belongs to it. */
export interface Draft {
  readonly text: string;
  /** Protobuf: which message of the file; empty for its first. */
  readonly messageName: string;
  readonly references: readonly SchemaReference[];
}

/** As the server is asked for it. */
export function versionOf({ text, messageName, references }: Draft) {
  return { text, references, ...(messageName !== "" && { messageName }) };
}

export function schemaQuestion(name: string) {
  return queryOptions({
    queryKey: ["schemas", name],
    queryFn: () => ask<Schema>("GET", path`/schemas/${name}`),
    refetchInterval: 10_000,
  });
}

/** A version's text, which never changes. */
export function schemaTextQuestion(name: string, version: number | undefined) {
  return queryOptions({
    queryKey: ["schemas", name, "text", version],
    queryFn: () => ask<SchemaText>("GET", path`/schemas/${name}/text`, { query: { version } }),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: version !== undefined,
  });
}

export function schemaDiffQuestion(name: string, from: number, to: number) {
  return queryOptions({
    queryKey: ["schemas", name, "diff", from, to],
    queryFn: () => ask<SchemaDiff>("GET", path`/schemas/${name}/diff`, { query: { from, to } }),
    enabled: from !== to,
  });
}

export const attachmentsQuestion = queryOptions({
  queryKey: ["attachments"],
  queryFn: () => list<Attachment>("/attachments"),
  refetchInterval: 10_000,
});

/** What is wrong with a text, and with a message of it. */
export function trialQuestion(name: string, format: SchemaFormat, draft: Draft, sample: string) {
  return queryOptions({
    queryKey: ["schemas", name, "try", format, draft, sample],
    queryFn: () =>
      ask<SchemaTrial>("POST", path`/schemas/${name}/try`, {
        body: {
          ...versionOf(draft),
          format,
          ...(sample.trim() !== "" && {
            payload: format === "protobuf" ? sample.trim() : sample,
            encoding: format === "protobuf" ? "base64" : "text",
            payloadEncoding: "json",
          }),
        },
      }),
    enabled: name !== "" && draft.text.trim() !== "",
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
}

/** What would break if a text became the next version. */
export function breaksQuestion(name: string, draft: Draft, isAsked: boolean) {
  return queryOptions({
    queryKey: ["schemas", name, "check", draft],
    queryFn: () =>
      ask<SchemaBreaks>("POST", path`/schemas/${name}/check`, { body: versionOf(draft) }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
}
