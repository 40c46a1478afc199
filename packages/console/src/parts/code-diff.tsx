import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { type CodeLanguage, languageOf } from "./code-languages.ts";
import { codeLooks } from "./code-looks.ts";

export interface CodeDiffProps {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly language: CodeLanguage;
}

/** What was taken out and put in between two texts, in one column. Load it lazily, as the editor. */
export function CodeDiff({ label, before, after, language }: CodeDiffProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: after,
        extensions: [
          // It can be focused though nothing can be written, so that it is scrolled by keys.
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          lineNumbers(),
          codeLooks,
          diffLooks,
          languageOf(language),
          unifiedMergeView({
            original: before,
            mergeControls: false,
            gutter: true,
            collapseUnchanged: { margin: 3, minSize: 6 },
          }),
        ],
      }),
    });
    return () => view.destroy();
  }, [label, before, after, language]);
  return <div ref={place} className="code-diff" />;
}

const diffLooks = EditorView.theme({
  "&": { maxHeight: "480px" },
  ".cm-scroller": { overflow: "auto" },
  "&.cm-merge-b .cm-changedLine, .cm-insertedLine": {
    backgroundColor: "var(--code-added) !important",
  },
  ".cm-deletedChunk": { backgroundColor: "var(--code-removed) !important" },
  ".cm-deletedChunk .cm-deletedText, &.cm-merge-b .cm-changedText, ins.cm-insertedLine": {
    background: "none !important",
    textDecoration: "none",
    fontWeight: "700",
  },
  ".cm-collapsedLines": {
    background: "var(--mantine-color-default-hover) !important",
    color: "var(--mantine-color-dimmed)",
  },
});
