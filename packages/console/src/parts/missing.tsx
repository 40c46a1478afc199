import { Anchor, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { isProblem } from "../api/problem.ts";
import { Failure } from "./failure.tsx";
import { places } from "./places.ts";

type Place = (typeof places)[number]["pages"][number]["to"];

/** Instead of the page of one thing: it is on its way, it is not there, or something is wrong. */
export function Missing({ error, to }: { readonly error: Error | null; readonly to: Place }) {
  if (error === null) return <Skeleton height={400} />;
  if (!isProblem(error) || error.status !== 404) return <Failure error={error} />;
  return <NothingHere text={`${error.message}.`} to={to} />;
}

/** What is said where nothing is, and where to go from there. */
export function NothingHere({ text, to }: { readonly text: string; readonly to: Place }) {
  const label = places.flatMap((place) => [...place.pages]).find((page) => page.to === to)?.label;
  return (
    <Stack align="start" gap="xs">
      <Title order={1} size="h2">
        There is nothing here
      </Title>
      <Text c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {text.charAt(0).toUpperCase() + text.slice(1)}
      </Text>
      <Anchor renderRoot={(props) => <Link {...props} to={to} />}>Go to: {label}</Anchor>
    </Stack>
  );
}
