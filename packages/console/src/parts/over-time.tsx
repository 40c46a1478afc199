import { Group, Paper, SegmentedControl, SimpleGrid, Skeleton, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import type { Line } from "./chart.tsx";
import { Chart } from "./loaded.tsx";

const height = 190;

/** How far back charts go, by what the choice is called in the address. */
export const spans = {
  "1h": { label: "1 h", ms: 3_600_000 },
  "6h": { label: "6 h", ms: 6 * 3_600_000 },
  "24h": { label: "24 h", ms: 24 * 3_600_000 },
} as const;

export type Span = keyof typeof spans;

/** What an address says; an hour where it says nothing that is known. */
export function spanOf(text: string | undefined): Span {
  return text !== undefined && Object.hasOwn(spans, text) ? (text as Span) : "1h";
}

/** Charts below one another on a phone, side by side elsewhere, with the choice of how far back they go. */
export function OverTime({
  title,
  span,
  onSpan,
  children,
}: {
  readonly title: string;
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
  readonly children: ReactNode;
}) {
  return (
    <section aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="How far back"
          value={span}
          onChange={(value) => onSpan(spanOf(value))}
          data={Object.entries(spans).map(([value, { label }]) => ({ value, label }))}
        />
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>{children}</SimpleGrid>
    </section>
  );
}

/** One chart in its frame. Its place is there before it is loaded, so that nothing jumps. */
export function ChartCard({
  title,
  times,
  lines,
  format,
}: {
  readonly title: string;
  /** `undefined` while it is not known. */
  readonly times: readonly number[] | undefined;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
}) {
  return (
    <Paper withBorder p="sm">
      <Text size="sm" c="dimmed" mb={4}>
        {title}
      </Text>
      {times === undefined ? (
        <Skeleton h={height} />
      ) : (
        <Chart label={title} times={times} lines={lines} format={format} height={height} />
      )}
    </Paper>
  );
}
