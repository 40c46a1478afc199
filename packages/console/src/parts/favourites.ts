import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { sessionQuestion } from "../api/questions.ts";

/** As many as fit an address. */
const favouritesMax = 100;

/**
 * Stations that a user has marked, kept in this browser: they are a convenience, and who may write nothing to the server may
 * have them, too.
 */
export function useFavourites(): {
  readonly favourites: readonly string[];
  readonly toggle: (station: string) => void;
} {
  const { data: session } = useQuery(sessionQuestion);
  const [favourites, setFavourites] = useLocalStorage<readonly string[]>({
    key: `oxbow.favourites.${session?.account ?? ""}.${session?.user ?? ""}`,
    defaultValue: [],
    getInitialValueInEffect: false,
    deserialize: read,
  });
  const toggle = (station: string): void =>
    setFavourites((before) =>
      before.includes(station)
        ? before.filter((each) => each !== station)
        : [...before, station].slice(-favouritesMax),
    );
  return { favourites, toggle };
}

/** Another version may have written something else there. */
function read(text: string | undefined): readonly string[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}
