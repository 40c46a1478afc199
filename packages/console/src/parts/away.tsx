import { Affix, Group, Loader, Paper, Text } from "@mantine/core";
import { useServerThere } from "../api/server-there.ts";

/** Says that what is shown may be old, over the page, so that nothing moves. */
export function Away() {
  const isThere = useServerThere();
  return (
    <Affix position={{ bottom: 16, left: 16, right: 16 }} style={{ pointerEvents: "none" }}>
      <div role="status">
        {!isThere && (
          <Paper withBorder shadow="md" p="sm" maw={480} mx="auto">
            <Group gap="sm" wrap="nowrap">
              <Loader size="sm" color="red" aria-hidden />
              <div>
                <Text size="sm" fw={600}>
                  The server does not answer
                </Text>
                <Text size="sm" c="dimmed">
                  What is shown is what it said last. It is asked again until it answers.
                </Text>
              </div>
            </Group>
          </Paper>
        )}
      </div>
    </Affix>
  );
}
