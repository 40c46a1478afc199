import { Box, Checkbox, Group, Text, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useEffect, useRef, useState } from "react";
import type { MessageBody } from "../../../api/types.ts";
import { clockText, sizeText } from "../../../parts/numbers.ts";
import { placeText } from "./message-filters.ts";

const rowHeight = 34;
const narrowRowHeight = 56;

interface MessageListProps {
  readonly messages: readonly MessageBody[];
  /** The message that is open, as its place. */
  readonly open: string | undefined;
  readonly onOpen: (message: MessageBody) => void;
  /** Places of those that are chosen; without it, none can be. */
  readonly chosen?: ReadonlySet<string>;
  readonly onChoose?: (chosen: ReadonlySet<string>) => void;
  /** Told when the end is about to be seen. */
  readonly onEnd?: () => void;
  /** In CSS; it is less where there are few messages. */
  readonly height: string;
}

/**
 * Many messages, of which only those that are seen are drawn. Keys: `j`, `k` and arrows go from one to the next, Enter
 * opens, `x` chooses.
 */
export function MessageList({
  messages,
  open,
  onOpen,
  chosen,
  onChoose,
  onEnd,
  height,
}: MessageListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery("(max-width: 48em)") ?? false;
  const [cursor, setCursor] = useState(0);
  const size = isNarrow ? narrowRowHeight : rowHeight;
  const rows = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => size,
    overscan: 8,
    getItemKey: (index) => placeText(messages[index] ?? { partition: 0, sequence: index }),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows have another height then
  useEffect(() => rows.measure(), [rows, size]);
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= 0 && last >= messages.length - 10) onEnd?.();
  }, [last, messages.length, onEnd]);

  const go = (to: number): void => {
    const index = Math.max(0, Math.min(messages.length - 1, to));
    setCursor(index);
    rows.scrollToIndex(index);
    const message = messages[index];
    // What is open goes along.
    if (open !== undefined && message !== undefined) onOpen(message);
  };
  const choose = (message: MessageBody | undefined): void => {
    if (message === undefined || chosen === undefined) return;
    const place = placeText(message);
    const next = new Set(chosen);
    if (!next.delete(place)) next.add(place);
    onChoose?.(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / size) - 1);
    const moves: Readonly<Record<string, number>> = {
      j: cursor + 1,
      k: cursor - 1,
      ArrowDown: cursor + 1,
      ArrowUp: cursor - 1,
      PageDown: cursor + pageRows,
      PageUp: cursor - pageRows,
      Home: 0,
      End: messages.length - 1,
    };
    const to = moves[event.key];
    const message = messages[cursor];
    if (to !== undefined) go(to);
    else if (event.key === "Enter" && message !== undefined) onOpen(message);
    else if (event.key === "x") choose(message);
    else return;
    event.preventDefault();
  };
  return (
    <Box>
      {!isNarrow && <Head hasChoice={chosen !== undefined} />}
      {/* biome-ignore lint/a11y/useSemanticElements: a section that scrolls, by keys */}
      <div
        ref={scroller}
        className="message-list"
        style={{ height: `min(${rows.getTotalSize() + 2}px, ${height})` }}
        role="region"
        aria-label="Messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys (WCAG 2.1.1)
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {items.map(({ index, key, start }) => {
            const message = messages[index];
            if (message === undefined) return null;
            const place = placeText(message);
            return (
              <Row
                key={key}
                message={message}
                top={start}
                height={size}
                isNarrow={isNarrow}
                isCurrent={index === cursor}
                isOpen={place === open}
                isChosen={chosen?.has(place)}
                onOpen={() => {
                  setCursor(index);
                  onOpen(message);
                }}
                onChoose={() => choose(message)}
              />
            );
          })}
        </div>
      </div>
    </Box>
  );
}

function Head({ hasChoice }: { readonly hasChoice: boolean }) {
  return (
    <div className="message-row message-head" aria-hidden>
      {hasChoice && <span className="message-choice" />}
      <span className="message-place">Message</span>
      <span className="message-time">Time</span>
      <span className="message-key">Key</span>
      <span className="message-payload">Payload</span>
      <span className="message-size">Size</span>
    </div>
  );
}

interface RowProps {
  readonly message: MessageBody;
  readonly top: number;
  readonly height: number;
  readonly isNarrow: boolean;
  readonly isCurrent: boolean;
  readonly isOpen: boolean;
  readonly isChosen: boolean | undefined;
  readonly onOpen: () => void;
  readonly onChoose: () => void;
}

const Row = memo(drawnRow, (a, b) =>
  (["message", "top", "height", "isNarrow", "isCurrent", "isOpen", "isChosen"] as const).every(
    (name) => a[name] === b[name],
  ),
);

function drawnRow({
  message,
  top,
  height,
  isNarrow,
  isCurrent,
  isOpen,
  isChosen,
  onOpen,
  onChoose,
}: RowProps) {
  const { partition, sequence, time, key, size } = message;
  const place = `${partition}:${sequence}`;
  const choice = isChosen !== undefined && (
    <span className="message-choice">
      <Checkbox
        size="xs"
        tabIndex={-1}
        aria-label={`Choose message ${place}`}
        checked={isChosen}
        onChange={onChoose}
      />
    </span>
  );
  const link = (
    <UnstyledButton
      className="message-place"
      tabIndex={-1}
      onClick={onOpen}
      aria-label={`Show message ${place}`}
    >
      {place}
    </UnstyledButton>
  );
  const preview = (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list as a whole is used by keys
    // biome-ignore lint/a11y/noStaticElementInteractions: the button beside it does the same
    <span className="message-payload" onClick={onOpen}>
      {previewOf(message)}
    </span>
  );
  const common = {
    "data-current": isCurrent || undefined,
    "data-open": isOpen || undefined,
    style: { position: "absolute" as const, top, height, left: 0, right: 0 },
  };
  if (isNarrow) {
    return (
      <div className="message-row message-row-narrow" {...common}>
        <Group gap="xs" wrap="nowrap" justify="space-between">
          <Group gap="xs" wrap="nowrap" miw={0}>
            {choice}
            {link}
            <Text size="xs" truncate fw={600}>
              {key}
            </Text>
          </Group>
          <Text size="xs" c="dimmed" className="tabular" style={{ whiteSpace: "nowrap" }}>
            {clockText(time)}
          </Text>
        </Group>
        {preview}
      </div>
    );
  }
  return (
    <div className="message-row" {...common}>
      {choice}
      {link}
      <span className="message-time">{clockText(time)}</span>
      <span className="message-key" title={key ?? ""}>
        {key ?? ""}
      </span>
      {preview}
      <span className="message-size">{sizeText(size)}</span>
    </div>
  );
}

function previewOf({ payload, encoding, decoded, size }: MessageBody): string {
  const text = decoded?.text ?? (encoding === "text" ? payload : undefined);
  if (text === undefined) return `${size} bytes`;
  return text === "" ? "(empty)" : text.slice(0, 400);
}
