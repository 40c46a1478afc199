import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { type CodeLanguage, languageOf } from "./code-languages.ts";
import { codeLooks } from "./code-looks.ts";

/** What is wrong in a text, and where, in characters from its start. */
export interface Mistake {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

export interface CodeEditorProps {
  readonly label: string;
  readonly value: string;
  /** Left out, the text can only be read. */
  readonly onChange?: (value: string) => void;
  readonly language: CodeLanguage;
  readonly mistakes?: readonly Mistake[];
  /** In pixels; what is longer scrolls. 320 by default. */
  readonly height?: number;
}

/** An editor of code. Load it lazily: it takes 120 KB. Tab leaves it, as it does any field. */
export function CodeEditor({
  label,
  value,
  onChange,
  language,
  mistakes,
  height = 320,
}: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const tell = useRef(onChange);
  tell.current = onChange;
  const first = useRef(value);
  const isReadOnly = onChange === undefined;

  useEffect(() => {
    if (place.current === null) return undefined;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          EditorView.contentAttributes.of({ "aria-label": label }),
          EditorState.readOnly.of(isReadOnly),
          lineNumbers(),
          history(),
          indentOnInput(),
          bracketMatching(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          codeLooks,
          languageOf(language),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) tell.current?.(state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      first.current = editor.state.doc.toString();
      editor.destroy();
      view.current = undefined;
    };
  }, [label, language, isReadOnly]);

  // What was typed here comes back as the value: only another text is put in.
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined) return;
    const end = editor.state.doc.length;
    const shown = (mistakes ?? []).map(({ from, to, message }): Diagnostic => {
      const start = Math.min(from, end);
      return { from: start, to: Math.max(start, Math.min(to, end)), message, severity: "error" };
    });
    editor.dispatch(setDiagnostics(editor.state, shown));
  }, [mistakes]);

  return <div ref={place} style={{ height, overflow: "hidden" }} className="code-editor" />;
}
