import { Button, Kbd, Text } from "@mantine/core";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconSearch, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { stationsQuestion } from "../api/questions.ts";
import { places } from "./places.ts";

const shownMax = 12;

/** Goes anywhere by its name: ⌘K or Ctrl+K. */
export function Palette() {
  const navigate = useNavigate();
  const { data: stations = [] } = useQuery({ ...stationsQuestion, refetchInterval: false });
  const pages = places.flatMap((place) =>
    place.pages.map(({ to, label, icon: Icon }) => ({
      id: `page ${to}`,
      label,
      description: "Page",
      leftSection: <Icon size={18} stroke={1.7} />,
      onClick: () => void navigate({ to }),
    })),
  );
  const found = stations
    .filter(({ isInternal }) => !isInternal)
    .map(({ name }) => ({
      id: `station ${name}`,
      label: name,
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
        limit={shownMax}
        nothingFound="Nothing of that name"
        searchProps={{ placeholder: "A station, or a page" }}
        shortcut={["mod + K"]}
      />
    </>
  );
}
