import { Button, Kbd, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconSearch, IconStack2 } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { browseQuestion } from "../api/questions.ts";
import { useFavourites } from "./favourites.ts";
import { places } from "./places.ts";

const shownMax = 12;

/** Goes anywhere by its name: ⌘K or Ctrl+K. */
export function Palette() {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [search] = useDebouncedValue(text.trim(), 120);
  const { favourites } = useFavourites();
  const isChosen = search === "" && favourites.length > 0;
  const { data: stations } = useQuery({
    ...browseQuestion({ limit: shownMax, ...(isChosen ? { names: favourites } : { search }) }),
    enabled: isOpen,
    refetchInterval: false,
    placeholderData: keepPreviousData,
  });
  const pages = places.flatMap((place) =>
    place.pages.map(({ to, label, icon: Icon }) => ({
      id: `page ${to}`,
      label,
      description: "Page",
      leftSection: <Icon size={18} stroke={1.7} />,
      onClick: () => void navigate({ to }),
    })),
  );
  const found = (stations?.items ?? []).map(({ name, tags }) => ({
    id: `station ${name}`,
    label: name,
    // The server has found it by one of its tags, maybe: then it is to be found by them here, too.
    keywords: [...tags],
    description: "Station",
    leftSection: <IconStack2 size={18} stroke={1.7} />,
    onClick: () => void navigate({ to: "/stations/$station", params: { station: name } }),
  }));
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconSearch size={16} stroke={1.7} aria-hidden />}
        rightSection={<Kbd size="xs">⌘K</Kbd>}
        onClick={spotlight.open}
        aria-label="Search ⌘K"
      >
        <Text size="sm" c="dimmed" visibleFrom="sm">
          Search
        </Text>
      </Button>
      <Spotlight
        actions={[...pages, ...found]}
        query={text}
        onQueryChange={setText}
        onSpotlightOpen={() => setOpen(true)}
        onSpotlightClose={() => setOpen(false)}
        limit={shownMax}
        nothingFound="Nothing of that name"
        searchProps={{ placeholder: "A station, or a page" }}
        shortcut={["mod + K"]}
      />
    </>
  );
}
