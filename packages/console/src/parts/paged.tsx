import { Button, Skeleton, Text } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failure } from "./failure.tsx";

/** A list that comes in pages. */
export function Paged<Page, Item>({
  list,
  itemsOf,
  nothing,
  more,
  children,
}: {
  readonly list: UseInfiniteQueryResult<InfiniteData<Page>>;
  readonly itemsOf: (page: Page) => readonly Item[];
  /** What is said where there is nothing. */
  readonly nothing: string;
  /** What the button says that asks for the next page. */
  readonly more: string;
  /** What there is so far. */
  readonly children: (items: readonly Item[]) => ReactNode;
}) {
  const { data, error } = list;
  if (data === undefined) {
    return error === null ? <Skeleton height={300} /> : <Failure error={error} />;
  }
  const items = data.pages.flatMap(itemsOf);
  return (
    <>
      <Failure error={error} />
      {items.length === 0 ? <Text c="dimmed">{nothing}</Text> : children(items)}
      {list.hasNextPage && (
        <Button
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {more}
        </Button>
      )}
    </>
  );
}
