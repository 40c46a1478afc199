import { Button, Drawer, Group, Skeleton, Stack } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { isProblem } from "../../api/problem.ts";
import type { MessageBody, Station } from "../../api/types.ts";
import { DeleteDialog, type DoomedMessage } from "./messages/delete-dialog.tsx";
import { FilterBar } from "./messages/filter-bar.tsx";
import { LiveMessages } from "./messages/live-messages.tsx";
import {
  type MessageFilters,
  placeOf,
  placeText,
  searchQuery,
} from "./messages/message-filters.ts";
import { MessageView } from "./messages/message-view.tsx";
import { StoredMessages } from "./messages/stored-messages.tsx";
import { useSearch } from "./messages/use-search.ts";

const ProduceDialog = lazy(() =>
  import("./messages/produce-dialog.tsx").then((module) => ({ default: module.ProduceDialog })),
);
const stationRoute = getRouteApi("/stations/$station");
const listHeight = "max(320px, calc(100vh - 330px))";

/** The messages of a station: found, read, followed, sent again, taken out. What is shown stands in the address. */
export function Messages({ station }: { readonly station: Station }) {
  const filters: MessageFilters = stationRoute.useSearch();
  const change = useFilterChange(station.name);
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [producing, setProducing] = useState<{ readonly original?: MessageBody } | undefined>();
  const [doomed, setDoomed] = useState<readonly DoomedMessage[]>([]);
  const isLive = filters.order === "live";
  const search = useSearch(station.name, searchQuery(filters), !isLive);
  const { hits, error } = search;
  const mistake = useMemo(
    () =>
      isProblem(error) && error.code === "EXPRESSION_INVALID"
        ? { message: error.message, offset: error.offset }
        : undefined,
    [error],
  );
  const open = useCallback(
    (message: MessageBody): void => change({ message: placeText(message) }),
    [change],
  );
  const step = (by: 1 | -1): void => {
    const next = hits[hits.findIndex((each) => placeText(each) === filters.message) + by];
    if (next !== undefined) open(next);
  };
  const forget = (gone: readonly DoomedMessage[]): void => {
    const places = new Set(gone.map(placeText));
    search.forget((each) => places.has(placeText(each)));
    setChosen((before) => new Set([...before].filter((each) => !places.has(each))));
    for (const { partition, sequence } of gone) {
      // Asked for again when it is looked at again, not while the drawer closes.
      void queries.invalidateQueries({
        queryKey: ["message", station.name, partition, sequence],
        refetchType: "none",
      });
    }
    if (filters.message !== undefined && places.has(filters.message)) change({ message: "" });
  };
  const place = placeOf(filters.message);
  const list = { open: filters.message, onOpen: open, height: listHeight };
  return (
    <Stack gap="sm">
      <Group align="start" gap="xs">
        <FilterBar
          filters={filters}
          onChange={change}
          onAgain={search.again}
          mistake={mistake}
          partitions={station.partitions.length}
        />
        <Button
          ml="auto"
          leftSection={<IconSend size={16} aria-hidden />}
          onClick={() => setProducing({})}
        >
          Produce
        </Button>
      </Group>
      {isLive ? (
        <LiveMessages station={station.name} messageKey={filters.key} {...list} />
      ) : (
        <StoredMessages
          station={station}
          filters={filters}
          search={search}
          chosen={chosen}
          onChoose={setChosen}
          onDelete={setDoomed}
          onProduce={() => setProducing({})}
          {...list}
        />
      )}
      <Drawer
        opened={place !== undefined}
        onClose={() => change({ message: "" })}
        position="right"
        size="xl"
        title={place && `Message ${place.sequence} of partition ${place.partition}`}
      >
        {place !== undefined && (
          <MessageView
            key={filters.message}
            station={station.name}
            {...place}
            onResend={(original) => setProducing({ original })}
            onDelete={(message) => setDoomed([message])}
            {...(!isLive && { onStep: step })}
          />
        )}
      </Drawer>
      {doomed.length > 0 && (
        <DeleteDialog
          station={station.name}
          messages={doomed}
          onClose={() => setDoomed([])}
          onDeleted={forget}
        />
      )}
      {producing !== undefined && (
        <Suspense fallback={<Skeleton h={0} />}>
          <ProduceDialog
            station={station}
            original={producing.original}
            onClose={() => {
              setProducing(undefined);
              if (!isLive) search.again();
            }}
          />
        </Suspense>
      )}
    </Stack>
  );
}

/** Puts filters into the address; those that are empty leave it. */
function useFilterChange(station: string): (changes: MessageFilters) => void {
  const navigate = useNavigate();
  return useCallback(
    (changes) =>
      void navigate({
        to: "/stations/$station",
        params: { station },
        search: (before: MessageFilters) => {
          const all = Object.entries({ ...before, ...changes });
          return Object.fromEntries(all.filter(([, value]) => value !== "" && value !== undefined));
        },
        replace: true,
        resetScroll: false,
      }),
    [navigate, station],
  );
}
