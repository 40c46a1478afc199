import { Anchor, Badge, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PageHead } from "../../parts/page-head.tsx";

/** What stands above a bucket's keys and a store's objects. */
export function Head({
  kind,
  name,
  description,
  facts,
  badge,
  children,
}: {
  readonly kind: "kv" | "objects";
  readonly name: string;
  readonly description: string;
  readonly facts: readonly string[];
  /** Why nothing can be changed. */
  readonly badge?: string | undefined;
  /** What can be done. */
  readonly children: ReactNode;
}) {
  return (
    <Stack gap={4}>
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link {...props} to="/storage" search={kind === "objects" ? { tab: "objects" } : {}} />
        )}
      >
        {kind === "kv" ? "Keys and values" : "Objects"}
      </Anchor>
      <PageHead
        title={name}
        beside={badge !== undefined && <Badge variant="default">{badge}</Badge>}
      >
        {children}
      </PageHead>
      {description !== "" && <Text style={{ overflowWrap: "anywhere" }}>{description}</Text>}
      <Text size="sm" c="dimmed">
        {facts.join(" · ")}
      </Text>
    </Stack>
  );
}
