import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { ChartProps } from "./chart.tsx";
import type { CodeDiffProps } from "./code-diff.tsx";
import type { CodeEditorProps } from "./code-editor.tsx";

const LazyChart = lazy(async () => ({ default: (await import("./chart.tsx")).Chart }));
const LazyDiff = lazy(async () => ({ default: (await import("./code-diff.tsx")).CodeDiff }));
const LazyEditor = lazy(async () => ({ default: (await import("./code-editor.tsx")).CodeEditor }));

// What takes long to load is loaded when it is shown first. Its place is there before, so that nothing jumps.

export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<Skeleton h={props.height ?? 180} />}>
      <LazyChart {...props} />
    </Suspense>
  );
}

export function CodeDiff(props: CodeDiffProps) {
  return (
    <Suspense fallback={<Skeleton h={220} />}>
      <LazyDiff {...props} />
    </Suspense>
  );
}

export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Skeleton h={props.height ?? 320} />}>
      <LazyEditor {...props} />
    </Suspense>
  );
}
