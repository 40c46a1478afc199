import type { SchemaFormat, SchemaProblem } from "oxbow/control";
import { useMemo } from "react";
import { CodeEditor, type Mistake } from "../../parts/code-editor.tsx";
import type { CodeLanguage } from "../../parts/code-languages.ts";
import { jsonMistake, placeOfPointer } from "../../parts/json-places.ts";

const languageOfFormat: Readonly<Record<SchemaFormat, CodeLanguage>> = {
  json: "json",
  avro: "json",
  protobuf: "protobuf",
  graphql: "graphql",
};

interface SchemaEditorProps {
  readonly format: SchemaFormat;
  readonly text: string;
  readonly onChange?: (text: string) => void;
  readonly problem: SchemaProblem | null;
}

/** The text of a schema, with what is wrong in it at its place. Load it lazily, as the editor. */
export function SchemaEditor({ format, text, onChange, problem }: SchemaEditorProps) {
  const mistakes = useMemo(
    () => (problem === null ? [] : mistakesOf(text, format, problem)),
    [text, format, problem],
  );
  return (
    <CodeEditor
      label="Text of the schema"
      value={text}
      {...(onChange !== undefined && { onChange })}
      language={languageOfFormat[format]}
      mistakes={mistakes}
      height={400}
    />
  );
}

function mistakesOf(text: string, format: SchemaFormat, problem: SchemaProblem): Mistake[] {
  const { message, line, column } = problem;
  if (line !== null) {
    const lines = text.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const width = lines[line - 1]?.length ?? 0;
    return [{ from: start + Math.min((column ?? 1) - 1, width), to: start + width, message }];
  }
  if (languageOfFormat[format] !== "json") return [];
  const broken = jsonMistake(text, message);
  if (broken !== undefined) return [broken];
  const [, pointer] = /the schema(\/[^\s,:]*)/.exec(message) ?? [];
  const place = pointer === undefined ? undefined : placeOfPointer(text, pointer);
  return place === undefined ? [] : [{ ...place, message }];
}
