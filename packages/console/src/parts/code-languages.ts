import { json } from "@codemirror/lang-json";
import { StreamLanguage } from "@codemirror/language";
import { protobuf } from "@codemirror/legacy-modes/mode/protobuf";
import type { Extension } from "@codemirror/state";

export type CodeLanguage = "json" | "protobuf" | "graphql" | "text";

const graphqlKeywords =
  /^(?:type|input|enum|interface|union|scalar|schema|extend|implements|directive|on|query|mutation|subscription|fragment|repeatable)\b/;

/** Words, texts and comments of GraphQL: enough to read it by. */
const graphql = StreamLanguage.define<{ isInText: boolean }>({
  name: "graphql",
  startState: () => ({ isInText: false }),
  token(stream, state) {
    if (stream.match('"""')) {
      state.isInText = !state.isInText;
      return "string";
    }
    if (state.isInText) {
      if (!stream.skipTo('"""')) stream.skipToEnd();
      return "string";
    }
    if (stream.eatSpace()) return null;
    if (stream.match(/^#.*/)) return "comment";
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    if (stream.match(/^-?\d+(?:\.\d+)?/)) return "number";
    if (stream.match(graphqlKeywords)) return "keyword";
    if (stream.match(/^(?:true|false|null)\b/)) return "bool";
    if (stream.match(/^[_A-Za-z]\w*(?=\s*[:(])/)) return "propertyName";
    if (stream.match(/^[@$]?[_A-Za-z]\w*/)) return null;
    stream.next();
    return null;
  },
});

export function languageOf(language: CodeLanguage): Extension {
  switch (language) {
    case "json":
      return json();
    case "protobuf":
      return StreamLanguage.define(protobuf);
    case "graphql":
      return graphql;
    default:
      return [];
  }
}
