import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { styleNonce } from "../theme/style-nonce.ts";

const looks = EditorView.theme({
  "&": {
    height: "100%",
    fontSize: "13px",
    border: "1px solid var(--mantine-color-default-border)",
    borderRadius: "var(--mantine-radius-default)",
    backgroundColor: "var(--mantine-color-body)",
    color: "var(--mantine-color-text)",
  },
  "&.cm-focused": {
    outline: "2px solid var(--mantine-primary-color-filled)",
    outlineOffset: "-2px",
  },
  ".cm-content": { caretColor: "var(--mantine-color-text)" },
  ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
  ".cm-gutters": {
    backgroundColor: "transparent",
    color: "var(--mantine-color-dimmed)",
    border: "none",
  },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--mantine-primary-color-light-hover) !important",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--mantine-color-body)",
    color: "var(--mantine-color-text)",
    border: "1px solid var(--mantine-color-default-border)",
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.labelName], color: "var(--code-name)" },
  { tag: [tags.string], color: "var(--code-string)" },
  {
    tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.typeName],
    color: "var(--code-value)",
  },
  { tag: [tags.comment], color: "var(--mantine-color-dimmed)", fontStyle: "italic" },
]);

/** How code looks everywhere: in colours of the theme, with styles that the page's policy allows. */
export const codeLooks: Extension = [
  EditorView.cspNonce.of(styleNonce),
  EditorView.lineWrapping,
  syntaxHighlighting(colours),
  looks,
];
