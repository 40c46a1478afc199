import { Button, Kbd, Text, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
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
import { useEffect, useState } from "react";
import { browseQuestion } from "../api/questions.ts";
import { useFavourites } from "./favourites.ts";
import { useMay } from "./may.tsx";
import { places } from "./places.ts";
import { Shortcuts } from "./shortcuts.tsx";
import { useThings } from "./use-things.ts";

/** Stations of a name; the first ones, where nothing is typed. */
const stationsMax = 8;
const shownMax = 40;
const iconSize = 18;

const [store, spotlight] = createSpotlight();

/** Goes anywhere by its name, and does what is done often: ⌘K or Ctrl+K. */
export function Palette() {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [search] = useDebouncedValue(text.trim(), 120);
  const [isHelp, help] = useDisclosure();
  const may = useMay();
  const things = useThings(search, isOpen);
  const { favourites } = useFavourites();
  const isChosen = search === "" && favourites.length > 0;
  const { data: stations } = useQuery({
    ...browseQuestion({ limit: stationsMax, ...(isChosen ? { names: favourites } : { search }) }),
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
  const schemas = things.schemas.map(({ name }) => ({
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
    onClick: () =>
      void navigate({
        to: "/stations/$station",
        params: { station },
        search: { tab: "groups", group: name },
      }),
  }));
  const users = things.users.map(({ name }) => ({
    id: `user ${name}`,
    label: name,
    description: "User",
    leftSection: <IconUser size={iconSize} stroke={1.7} />,
    onClick: () => void navigate({ to: "/users/$user", params: { user: name } }),
  }));
  const all = [...pages, ...found, ...actions, ...schemas, ...groups, ...users, shortcuts];
  useMark(all.map(({ id }) => id).join(" "), isOpen);
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconSearch size={16} stroke={1.7} aria-hidden />}
        rightSection={
          <Kbd size="xs" visibleFrom="sm">
            {keys}
          </Kbd>
        }
        onClick={spotlight.open}
      >
        <Text size="sm" c="dimmed" visibleFrom="sm">
          Search
        </Text>
        <VisuallyHidden hiddenFrom="sm">Search</VisuallyHidden>
      </Button>
      <Spotlight
        store={store}
        actions={all}
        query={text}
        onQueryChange={setText}
        onSpotlightOpen={() => setOpen(true)}
        onSpotlightClose={() => setOpen(false)}
        limit={shownMax}
        scrollable
        maxHeight="min(60vh, 480px)"
        nothingFound="Nothing of that name"
        searchProps={{ placeholder: "A station, group, schema, user, page, or what to do" }}
        shortcut={["mod + K"]}
      />
      <Shortcuts isOpen={isHelp} onOpen={help.open} onClose={help.close} />
    </>
  );
}

/**
 * Has Enter open what is marked, whatever comes from the server meanwhile: the mark is an attribute in the page, which goes
 * with the entry that has it, and the entries are counted from the one that was marked last.
 */
function useMark(ids: string, isOpen: boolean): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at again whenever there are other entries
  useEffect(() => {
    const entries = document.getElementById(store.getState().listId)?.querySelectorAll(entry);
    if (!isOpen || entries === undefined || entries.length === 0) return;
    const marked = [...entries].findIndex((each) => each.hasAttribute(mark));
    const selected = Math.max(0, marked);
    entries[selected]?.setAttribute(mark, "true");
    store.updateState((state) => ({ ...state, selected }));
  }, [ids, isOpen]);
}

const keys = /^(?:Mac|iP)/.test(navigator.platform) ? "⌘K" : "Ctrl K";
const entry = "[data-action]";
const mark = "data-selected";
