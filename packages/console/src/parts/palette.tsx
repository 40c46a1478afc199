import { Button, Kbd, Text } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { Spotlight, spotlight } from "@mantine/spotlight";
import {
  IconFileDescription,
  IconKeyboard,
  IconPlus,
  IconSearch,
  IconStack2,
  IconUser,
  IconUsersGroup,
} from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { browseQuestion } from "../api/questions.ts";
import { useFavourites } from "./favourites.ts";
import { useMay } from "./may.tsx";
import { places } from "./places.ts";
import { Shortcuts } from "./shortcuts.tsx";
import { useThings } from "./use-things.ts";

const shownMax = 12;
const iconSize = 18;

/** Goes anywhere by its name, and does what is done often: ⌘K or Ctrl+K. */
export function Palette() {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [search] = useDebouncedValue(text.trim(), 120);
  const [isHelp, help] = useDisclosure();
  const may = useMay();
  const things = useThings(isOpen);
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
      leftSection: <Icon size={iconSize} stroke={1.7} />,
      onClick: () => void navigate({ to }),
    })),
  );
  const found = (stations?.items ?? []).map(({ name, tags }) => ({
    id: `station ${name}`,
    label: name,
    // The server has found it by one of its tags, maybe: then it is to be found by them here, too.
    keywords: [...tags],
    description: "Station",
    leftSection: <IconStack2 size={iconSize} stroke={1.7} />,
    onClick: () => void navigate({ to: "/stations/$station", params: { station: name } }),
  }));
  const actions = [
    {
      id: "new station",
      label: "New station",
      isOffered: may("station.create"),
      onClick: () => void navigate({ to: "/stations", search: { new: "station" } }),
    },
    {
      id: "new schema",
      label: "New schema",
      isOffered: may("schema.create"),
      onClick: () => void navigate({ to: "/new-schema" }),
    },
  ]
    .filter(({ isOffered }) => isOffered)
    .map(({ isOffered: _, ...action }) => ({
      ...action,
      description: "Action",
      leftSection: <IconPlus size={iconSize} stroke={1.7} />,
    }));
  const shortcuts = {
    id: "shortcuts",
    label: "Keyboard shortcuts",
    description: "Help",
    leftSection: <IconKeyboard size={iconSize} stroke={1.7} />,
    onClick: help.open,
  };
  const schemas = things.schemas.map((name) => ({
    id: `schema ${name}`,
    label: name,
    description: "Schema",
    leftSection: <IconFileDescription size={iconSize} stroke={1.7} />,
    onClick: () => void navigate({ to: "/schemas/$schema", params: { schema: name } }),
  }));
  const groups = things.groups.map(({ station, name }) => ({
    id: `group ${station} ${name}`,
    label: name,
    description: `Group of ${station}`,
    leftSection: <IconUsersGroup size={iconSize} stroke={1.7} />,
    onClick: () => void navigate({ to: "/stations/$station", params: { station } }),
  }));
  const users = things.users.map((name) => ({
    id: `user ${name}`,
    label: name,
    description: "User",
    leftSection: <IconUser size={iconSize} stroke={1.7} />,
    onClick: () => void navigate({ to: "/users/$user", params: { user: name } }),
  }));
  const named = search === "" ? [] : [...schemas, ...groups, ...users];
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
        actions={[...pages, ...found, ...actions, ...named, shortcuts]}
        query={text}
        onQueryChange={setText}
        onSpotlightOpen={() => setOpen(true)}
        onSpotlightClose={() => setOpen(false)}
        limit={shownMax}
        nothingFound="Nothing of that name"
        searchProps={{ placeholder: "A station, group, schema, user, page, or what to do" }}
        shortcut={["mod + K"]}
      />
      <Shortcuts isOpen={isHelp} onOpen={help.open} onClose={help.close} />
    </>
  );
}
