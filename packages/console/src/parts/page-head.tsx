import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** What a page is called, and what can be done on it. */
export function PageHead({
  title,
  beside,
  children,
}: {
  readonly title: string;
  /** What stands right behind the title. */
  readonly beside?: ReactNode;
  /** What can be done. */
  readonly children?: ReactNode;
}) {
  return (
    <Group justify="space-between">
      <Group gap="sm">
        <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>
          {title}
        </Title>
        {beside}
      </Group>
      {children !== undefined && <Group gap="xs">{children}</Group>}
    </Group>
  );
}
