import { Alert, Button, Center, Group, Progress, Stack, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import type { MessageBody, Station } from "../../../api/types.ts";
import { Failure } from "../../../parts/failure.tsx";
import { clockText, countText } from "../../../parts/numbers.ts";
import { DownloadMenu } from "./download-menu.tsx";
import { filtersIn, type MessageFilters, placeText } from "./message-filters.ts";
import { MessageList } from "./message-list.tsx";
import { useNewCount } from "./use-new-count.ts";
import type { Search } from "./use-search.ts";

/** Messages that are stored and were found. */
export function StoredMessages({
  station,
  filters,
  search,
  chosen,
  onChoose,
  onDelete,
  onProduce,
  onOpen,
  height,
}: {
  readonly station: Station;
  readonly filters: MessageFilters;
  readonly search: Search;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onDelete: (messages: readonly MessageBody[]) => void;
  readonly onProduce: () => void;
  readonly onOpen: (message: MessageBody) => void;
  readonly height: string;
}) {
  const { hits, end, isRunning, error, more, again } = search;
  const isFiltered = filtersIn(filters).length > 0;
  const canGoOn = !isRunning && end?.next !== null && end?.next !== undefined;
  // What nothing narrows down is read on as it is scrolled; a search goes on when it is told to.
  const readOn = useCallback(() => {
    if (canGoOn && !isFiltered) more();
  }, [canGoOn, isFiltered, more]);
  const newCount = useNewCount(station, search);
  const isNews = newCount > 0 && !isFiltered;
  // The first ones are shown as they come; a list that is being read does not move by itself.
  const isFirst = isNews && hits.length === 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told by the count, not by what a render makes anew
  useEffect(() => {
    if (isFirst) again();
  }, [isFirst]);
  const selected = hits.filter((each) => chosen.has(placeText(each)));
  return (
    <Stack gap="xs">
      <Group justify="space-between" mih={30}>
        <Group gap="xs" flex={1}>
          <Told search={search} isFiltered={isFiltered} />
          {isNews && hits.length > 0 && (
            <Button size="compact-xs" variant="light" onClick={again}>
              Show {countText(newCount)} new
            </Button>
          )}
        </Group>
        {selected.length > 0 ? (
          <Group gap="xs">
            <Text size="sm">{countText(selected.length)} chosen</Text>
            <DownloadMenu station={station.name} filters={filters} selected={selected} />
            <Button
              size="xs"
              variant="default"
              c="red"
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={() => onDelete(selected)}
            >
              Delete
            </Button>
            <Button size="xs" variant="subtle" onClick={() => onChoose(new Set())}>
              Choose none
            </Button>
          </Group>
        ) : (
          hits.length > 0 && (
            <Group gap="xs">
              <Button
                size="xs"
                variant="subtle"
                onClick={() => onChoose(new Set(hits.map(placeText)))}
              >
                Choose all {countText(hits.length)} shown
              </Button>
              <DownloadMenu station={station.name} filters={filters} selected={[]} />
            </Group>
          )
        )}
      </Group>
      {/* A mistake in an expression is shown where it was written. */}
      {(error as { readonly code?: string } | undefined)?.code !== "EXPRESSION_INVALID" && (
        <Failure error={error} />
      )}
      {hits.length > 0 ? (
        <MessageList
          messages={hits}
          open={filters.message}
          onOpen={onOpen}
          chosen={chosen}
          onChoose={onChoose}
          onEnd={readOn}
          height={height}
        />
      ) : (
        !isRunning &&
        error === undefined && (
          <Nothing station={station} isFiltered={isFiltered} onProduce={onProduce} />
        )
      )}
      {hits.length > 0 && (
        <Text size="xs" c="dimmed" visibleFrom="sm">
          Keys: / searches, j and k go down and up, Enter opens, x chooses, Esc closes.
        </Text>
      )}
      {canGoOn && isFiltered && (
        <Group>
          <Button variant="default" size="xs" onClick={more}>
            {end?.reason === "scanned" ? "Search further" : "Find more"}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** How far it is, and what it came to. */
function Told({ search, isFiltered }: { readonly search: Search; readonly isFiltered: boolean }) {
  const { hits, progress, end, isRunning, isStopped, stop } = search;
  if (isRunning && isFiltered) {
    const { scanned = 0, remaining = 0, time = null } = progress ?? {};
    const whole = scanned + remaining;
    return (
      <Group gap="xs" wrap="nowrap" flex={1}>
        <Progress
          value={whole === 0 ? 0 : (scanned / whole) * 100}
          w={120}
          aria-label="Searched so far"
        />
        <Text size="sm" c="dimmed" role="status" className="tabular">
          {countText(hits.length)} found in {countText(scanned)}, at most {countText(remaining)} to
          go{time !== null && `, at ${clockText(time)}`}
        </Text>
        <Button size="compact-xs" variant="default" onClick={stop}>
          Stop
        </Button>
      </Group>
    );
  }
  const failed = end?.failed ?? 0;
  const isAll = end?.next === null;
  return (
    <Stack gap={2}>
      <Text size="sm" c="dimmed" role="status" className="tabular">
        {isStopped && "Stopped. "}
        {hits.length > 0 &&
          (isFiltered
            ? `${countText(hits.length)} found in ${countText(end?.scanned ?? progress?.scanned ?? 0)} messages${isAll ? "" : ", so far"}.`
            : `${countText(hits.length)} shown${isAll ? ", which is all" : ""}.`)}
      </Text>
      {failed > 0 && (
        <Alert color="yellow" variant="light" py={4} px="xs">
          <Text size="xs">
            The expression could not be tried on {countText(failed)} messages: {end?.failure}
          </Text>
        </Alert>
      )}
    </Stack>
  );
}

function Nothing({
  station,
  isFiltered,
  onProduce,
}: {
  readonly station: Station;
  readonly isFiltered: boolean;
  readonly onProduce: () => void;
}) {
  return (
    <Center mih={180}>
      <Stack align="center" gap="xs">
        <Text fw={600}>{isFiltered ? "Nothing matches" : "No messages yet"}</Text>
        <Text size="sm" c="dimmed" ta="center" maw={420}>
          {isFiltered
            ? "No message of this station is what you look for. Take a filter away, or look at another time."
            : `What is produced to ${station.name} shows up here: send one from here, or run code that works when it is pasted.`}
        </Text>
        {!isFiltered && (
          <Group gap="xs" justify="center">
            <Button variant="light" onClick={onProduce}>
              Send a first message
            </Button>
            <Button
              variant="light"
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/stations/$station"
                  params={{ station: station.name }}
                  search={{ tab: "code" }}
                />
              )}
            >
              Show the code
            </Button>
          </Group>
        )}
      </Stack>
    </Center>
  );
}
