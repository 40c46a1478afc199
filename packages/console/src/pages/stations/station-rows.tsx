import { ActionIcon, Anchor, Badge, Box, Group, Skeleton } from "@mantine/core";
import { IconStar, IconStarFilled } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Query } from "../../api/ask.ts";
import { browseQuestion } from "../../api/questions.ts";
import type { StationSummary } from "../../api/types.ts";
import { clockText, countText, sizeText, spanText } from "../../parts/numbers.ts";

const rowHeight = 46;
/** Rows that are asked for together. */
const chunkSize = 50;
const overscan = 8;

function chunkOf(index: number): number {
  return Math.floor(index / chunkSize);
}

interface RowActions {
  readonly favourites: readonly string[];
  readonly onFavourite: (station: string) => void;
  readonly onTag: (tag: string) => void;
}

/** The rows of a list of any length: those in sight are in the page, and asked for again and again. */
export function StationRows({
  query,
  total,
  ...actions
}: { readonly query: Query; readonly total: number } & RowActions) {
  const act = useStable(actions);
  const place = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => setScrollMargin(place.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: total,
    estimateSize: () => rowHeight,
    overscan,
    scrollMargin,
    // Rows that come into sight are drawn with the next frame, not in the event that brought them.
    useFlushSync: false,
  });
  const rows = virtual.getVirtualItems();
  const first = chunkOf(rows[0]?.index ?? 0);
  const last = chunkOf(rows.at(-1)?.index ?? 0);
  // Those before and behind are asked for once, so that they are there when they come into sight.
  const begin = Math.max(0, first - 1);
  const end = Math.min(chunkOf(total - 1), last + 1);
  const chunks = Array.from({ length: end - begin + 1 }, (_, index) => begin + index);
  const answers = useQueries({
    queries: chunks.map((chunk) => ({
      ...browseQuestion({ ...query, skip: chunk * chunkSize, limit: chunkSize }),
      ...((chunk < first || chunk > last) && { refetchInterval: false as const }),
    })),
  });
  const stationAt = (index: number): StationSummary | undefined =>
    answers[chunkOf(index) - begin]?.data?.items[index % chunkSize];
  return (
    <Box role="table" aria-label="Stations" aria-rowcount={total + 1} fz="sm">
      <Box role="rowgroup">
        <Box role="row" aria-rowindex={1} style={rowStyle} fw={600} c="dimmed">
          <Cell role="columnheader" width={36} label="Favourite" />
          <Cell role="columnheader" isName>
            Name
          </Cell>
          <Cell role="columnheader" width={90}>
            Messages
          </Cell>
          <Cell role="columnheader" width={90} from="xs">
            Size
          </Cell>
          <Cell role="columnheader" width={80} from="sm">
            In, / s
          </Cell>
          <Cell role="columnheader" width={70} from="md">
            Groups
          </Cell>
          <Cell role="columnheader" width={80} from="md">
            Partitions
          </Cell>
          <Cell role="columnheader" width={90} from="md">
            Kept
          </Cell>
          <Cell role="columnheader" width={150} from="xl">
            Created
          </Cell>
        </Box>
      </Box>
      <Box role="rowgroup" ref={place} pos="relative" style={{ height: virtual.getTotalSize() }}>
        {rows.map(({ index, start }) => (
          <Box
            key={index}
            role="row"
            aria-rowindex={index + 2}
            style={{
              ...rowStyle,
              position: "absolute",
              top: 0,
              width: "100%",
              transform: `translateY(${start - scrollMargin}px)`,
            }}
          >
            <Row
              station={stationAt(index)}
              isFavourite={actions.favourites.includes(stationAt(index)?.name ?? "")}
              {...act}
            />
          </Box>
        ))}
      </Box>
    </Box>
  );
}

/** The same functions each time, which do what the latest ones do. */
function useStable(actions: RowActions): Pick<RowActions, "onFavourite" | "onTag"> {
  const latest = useRef(actions);
  latest.current = actions;
  const onFavourite = useCallback((station: string) => latest.current.onFavourite(station), []);
  const onTag = useCallback((tag: string) => latest.current.onTag(tag), []);
  return { onFavourite, onTag };
}

const rowStyle = {
  display: "flex",
  alignItems: "center",
  gap: 12,
  height: rowHeight,
  borderBottom: "1px solid var(--mantine-color-default-border)",
} as const;

interface RowProps extends Pick<RowActions, "onFavourite" | "onTag"> {
  readonly station: StationSummary | undefined;
  readonly isFavourite: boolean;
}

/** Drawn again when it has changed, and not with every step of the scroll bar. */
const Row = memo(drawnRow);

function drawnRow({ station, isFavourite, onFavourite, onTag }: RowProps) {
  if (station === undefined) {
    return (
      <Cell isName>
        <Skeleton height={14} width="40%" />
      </Cell>
    );
  }
  const { name, messages, bytes, messagesPerSecond, groups, partitions, maxAgeMs } = station;
  return (
    <>
      <Cell width={36}>
        <ActionIcon
          variant="subtle"
          color={isFavourite ? "yellow" : "gray"}
          aria-label={isFavourite ? `${name} is no favourite` : `Make ${name} a favourite`}
          aria-pressed={isFavourite}
          onClick={() => onFavourite(name)}
        >
          {isFavourite ? <IconStarFilled size={16} /> : <IconStar size={16} />}
        </ActionIcon>
      </Cell>
      <Cell isName>
        <Name station={station} onTag={onTag} />
      </Cell>
      <Cell width={90}>{countText(messages)}</Cell>
      <Cell width={90} from="xs">
        {sizeText(bytes)}
      </Cell>
      <Cell width={80} from="sm">
        {messagesPerSecond === null ? "–" : countText(Math.round(messagesPerSecond))}
      </Cell>
      <Cell width={70} from="md">
        {countText(groups)}
      </Cell>
      <Cell width={80} from="md">
        {countText(partitions)}
      </Cell>
      <Cell width={90} from="md">
        {maxAgeMs === 0 ? "for ever" : spanText(maxAgeMs)}
      </Cell>
      <Cell width={150} from="xl">
        {clockText(station.createdAt)}
      </Cell>
    </>
  );
}

function Name({
  station: { name, description, isManaged, problems, tags },
  onTag,
}: {
  readonly station: StationSummary;
  readonly onTag: (tag: string) => void;
}) {
  return (
    <Group gap="xs" wrap="nowrap" style={{ overflow: "hidden" }}>
      <Anchor
        truncate
        fz="sm"
        miw={80}
        title={description === "" ? name : `${name}: ${description}`}
        renderRoot={(props) => (
          <Link {...props} to="/stations/$station" params={{ station: name }} />
        )}
      >
        {name}
      </Anchor>
      {!isManaged && (
        <Badge variant="default" style={{ flexShrink: 0 }} visibleFrom="xs">
          plain stream
        </Badge>
      )}
      {problems.length > 0 && (
        <Badge color="red" title={problems.join("; ")} style={{ flexShrink: 0 }}>
          half done
        </Badge>
      )}
      <Group gap={4} wrap="nowrap" visibleFrom="sm" miw={0} style={{ overflow: "hidden" }}>
        {tags.map((tag) => (
          <Badge
            key={tag}
            component="button"
            variant="light"
            style={{ cursor: "pointer", flexShrink: 0 }}
            title={`Only stations with the tag ${tag}`}
            onClick={() => onTag(tag)}
          >
            {tag}
          </Badge>
        ))}
      </Group>
    </Group>
  );
}

const nameStyle = { flex: 1, minWidth: 0 } as const;

/** Of which there are hundreds in sight: an element and nothing else. */
function Cell({
  children,
  role = "cell",
  width,
  isName = false,
  from,
  label,
}: {
  readonly children?: React.ReactNode;
  readonly role?: "cell" | "columnheader";
  readonly width?: number;
  readonly isName?: boolean;
  readonly from?: "xs" | "sm" | "md" | "xl";
  readonly label?: string;
}) {
  return (
    <div
      role={role}
      {...(label !== undefined && { "aria-label": label })}
      className={from === undefined ? "tabular" : `tabular mantine-visible-from-${from}`}
      style={isName ? nameStyle : { width, flexShrink: 0, textAlign: "right" }}
    >
      {children}
    </div>
  );
}
