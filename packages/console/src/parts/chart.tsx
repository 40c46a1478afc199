import "uplot/dist/uPlot.min.css";
import { Box, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import UPlot, { type AlignedData, type Options, type Series } from "uplot";

/** A line of a chart: a value for each time, `null` where there is none. */
export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  /** What it shows, for who can't see it. */
  readonly label: string;
  /** In milliseconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** How a value is written at the axis and in the legend. */
  readonly format: (value: number) => string;
  /** In pixels; 180 by default. Reserved from the start, so that nothing jumps; only a legend of many lines is longer. */
  readonly height?: number;
}

const legendHeight = 30;

/** Values over time. Load it lazily: it takes 50 KB. */
export function Chart({ label, times, lines, format, height = 180 }: ChartProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const scheme = useComputedColorScheme();
  const data: AlignedData = [
    times.map((ms) => ms / 1_000),
    ...lines.map(({ values }) => [...values]),
  ];
  const latest = useRef(data);
  latest.current = data;
  const write = useRef(format);
  write.current = format;
  const labels = JSON.stringify(lines.map((line) => line.label));

  useEffect(() => {
    if (place.current === null || width === 0) return undefined;
    const names = JSON.parse(labels) as string[];
    plot.current = new UPlot(
      optionsFor(names, scheme, width, height - legendHeight, (value) => write.current(value)),
      latest.current,
      place.current,
    );
    return () => {
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [labels, scheme, width, height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: they are what `latest` was made of
  useEffect(() => {
    plot.current?.setData(latest.current);
  }, [times, lines]);

  return (
    <Box ref={ref} mih={height} role="img" aria-label={label}>
      <div ref={place} />
    </Box>
  );
}

const palettes = {
  light: ["#087f5b", "#1864ab", "#b35c00", "#862e9c", "#a61e4d", "#5c6f1d"],
  dark: ["#38d9a9", "#74c0fc", "#ffc078", "#e599f7", "#faa2c1", "#c0eb75"],
} as const;

function optionsFor(
  labels: readonly string[],
  scheme: "light" | "dark",
  width: number,
  height: number,
  write: (value: number) => string,
): Options {
  const palette = palettes[scheme];
  const text = scheme === "dark" ? "#c9c9c9" : "#495057";
  const grid = { stroke: scheme === "dark" ? "#ffffff14" : "#00000012", width: 1 };
  const font = "11px system-ui, sans-serif";
  const series = labels.map(
    (label, index): Series => ({
      label,
      stroke: palette[index % palette.length] ?? palette[0],
      width: 1.5,
      points: { show: false },
      value: (_plot, value: number | null) => (value === null ? "–" : write(value)),
    }),
  );
  return {
    width,
    height,
    series: [{}, ...series],
    scales: {
      y: { range: (_plot, _low, high) => [0, Number.isFinite(high) && high > 0 ? high * 1.1 : 1] },
    },
    axes: [
      { stroke: text, grid, font },
      {
        stroke: text,
        grid,
        font,
        size: 64,
        values: (_plot, marks) => marks.map((mark) => write(mark)),
      },
    ],
    cursor: { y: false },
  };
}
