import {
  Button,
  Center,
  Chip,
  Group,
  Modal,
  MultiSelect,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconStar } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { browseQuestion } from "../api/questions.ts";
import { Failure } from "../parts/failure.tsx";
import { useFavourites } from "../parts/favourites.ts";
import { NewButton } from "../parts/new-button.tsx";
import { countText } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { CreateStation } from "./stations/create-station.tsx";
import { type Finding, orderOf, orders, queryOf } from "./stations/finding.ts";
import { StationRows } from "./stations/station-rows.tsx";

const stationsRoute = getRouteApi("/stations");

/** All stations, however many: those that are looked at are asked for, and no others. */
export function Stations() {
  const finding = stationsRoute.useSearch();
  const navigate = useNavigate();
  const { favourites, toggle } = useFavourites();
  const find = (changes: { readonly [Name in keyof Finding]: string | undefined }): void =>
    void navigate({
      to: "/stations",
      search: Object.fromEntries(
        Object.entries({ ...finding, ...changes }).filter(([, value]) => value !== undefined),
      ),
      replace: true,
    });
  const query = queryOf(finding, favourites);
  // Only what is above the rows: how many there are, and their tags.
  const { data, error, isPending } = useQuery({
    ...browseQuestion({ ...query, limit: 1 }),
    placeholderData: keepPreviousData,
  });
  const { total = 0, all = 0, tags = [] } = data ?? {};
  const chosenTags = finding.tags?.split(",") ?? [];
  const tagData = [
    ...tags.map(({ tag, count }) => ({ value: tag, label: `${tag} (${countText(count)})` })),
    ...chosenTags.filter((tag) => !tags.some((each) => each.tag === tag)),
  ];
  const isNew = finding.new !== undefined;
  return (
    <Stack>
      <PageHead
        title="Stations"
        beside={
          !isPending && (
            <Text c="dimmed" size="sm" className="tabular">
              {total === all ? countText(all) : `${countText(total)} of ${countText(all)}`}
            </Text>
          )
        }
      >
        <NewButton onClick={() => find({ new: "station" })}>New station</NewButton>
      </PageHead>
      <Failure error={error} />
      <Group gap="sm" align="center">
        <SearchBox search={finding.search ?? ""} onSearch={(search) => find({ search })} />
        <MultiSelect
          aria-label="Tags"
          placeholder={chosenTags.length === 0 ? "Tags" : ""}
          data={tagData}
          value={chosenTags}
          onChange={(value) => find({ tags: value.length === 0 ? undefined : value.join(",") })}
          searchable
          clearable
          clearButtonProps={{ "aria-label": "All tags" }}
          nothingFoundMessage="No such tag"
          miw={180}
          flex={{ base: "1 1 100%", sm: "0 1 auto" }}
        />
        <Select
          aria-label="Order"
          data={orders.map(({ value, label }) => ({ value, label }))}
          value={orderOf(finding).value}
          onChange={(value) => find({ sort: value === "name" ? undefined : (value ?? undefined) })}
          allowDeselect={false}
          w={190}
        />
        <Chip
          checked={finding.only === "favourites"}
          onChange={(isOn) => find({ only: isOn ? "favourites" : undefined })}
          icon={<IconStar size={14} aria-hidden />}
          variant="outline"
        >
          Favourites
        </Chip>
      </Group>
      {total > 0 && (
        <StationRows
          query={query}
          total={total}
          favourites={favourites}
          onFavourite={toggle}
          onTag={(tag) => find({ tags: [...new Set([...chosenTags, tag])].join(",") })}
        />
      )}
      {!isPending && total === 0 && (
        <Nothing
          isFirst={all === 0}
          isOfFavourites={finding.only === "favourites"}
          onCreate={() => find({ new: "station" })}
        />
      )}
      <Modal opened={isNew} onClose={() => find({ new: undefined })} title="New station" size="lg">
        <CreateStation />
      </Modal>
    </Stack>
  );
}

function SearchBox({
  search,
  onSearch,
}: {
  readonly search: string;
  readonly onSearch: (search: string | undefined) => void;
}) {
  const [text, setText] = useState(search);
  const tell = useDebouncedCallback((value: string) => onSearch(value.trim() || undefined), 150);
  return (
    <TextInput
      aria-label="Search by name, description or tag"
      placeholder="Name, description or tag"
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      maxLength={256}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        tell(value);
      }}
      flex={{ base: "1 1 100%", sm: "1 1 240px" }}
    />
  );
}

function Nothing({
  isFirst,
  isOfFavourites,
  onCreate,
}: {
  readonly isFirst: boolean;
  readonly isOfFavourites: boolean;
  readonly onCreate: () => void;
}) {
  if (isFirst) {
    return (
      <Center mih={220}>
        <Stack align="center" gap="xs">
          <Text fw={600}>There is no station yet</Text>
          <Text size="sm" c="dimmed" ta="center" maw={440}>
            A station keeps messages in their order, for all who want them: programs put them in,
            and each group of consumers gets every one. A name is all that it needs.
          </Text>
          <Button variant="light" onClick={onCreate}>
            Create the first station
          </Button>
        </Stack>
      </Center>
    );
  }
  return (
    <Text c="dimmed">
      {isOfFavourites
        ? "None of your favourites: the star before a station's name makes it one."
        : "No station of that name or those tags."}
    </Text>
  );
}
