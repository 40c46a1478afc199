import { Anchor, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

export function NotFound() {
  return (
    <Stack align="start" gap="xs">
      <Title order={2}>There is nothing here</Title>
      <Text c="dimmed">The link is wrong, or what it led to is gone.</Text>
      <Anchor component={Link} to="/">
        Back to the overview
      </Anchor>
    </Stack>
  );
}
