import { Badge, Box, Group, NavLink, Stack, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { ApiDocument, Operation } from "./document.ts";
import { beginning } from "./introduction.tsx";
import { methodColours } from "./method-colours.ts";

/** Everything that can be asked for, by what it is about; less of it as one types. */
export function OperationList({
  document: { tags },
  operations,
  chosen,
  sought,
}: {
  readonly document: ApiDocument;
  readonly operations: readonly Operation[];
  readonly chosen: string;
  readonly sought: string;
}) {
  const navigate = useNavigate();
  const list = useRef<HTMLElement>(null);
  // Whoever comes by a link sees where in the list that is.
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, []);
  const words = sought.toLowerCase().split(/\s+/);
  const found = operations.filter((operation) => {
    const text = textOf(operation, tags);
    return words.every((word) => text.includes(word));
  });
  const q = sought === "" ? {} : { q: sought };
  return (
    <Stack gap="sm">
      <Stack gap={6} className="api-search">
        <TextInput
          aria-label="Search operations"
          placeholder="Name, path or what it does"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={sought}
          onChange={({ currentTarget: { value } }) =>
            void navigate({
              to: "/api/docs",
              search: ({ q: _, ...others }) => (value === "" ? others : { ...others, q: value }),
              replace: true,
            })
          }
        />
        <Text size="xs" c="dimmed" aria-live="polite">
          {found.length === operations.length
            ? `${found.length} operations`
            : `${found.length} of ${operations.length} operations`}
        </Text>
      </Stack>
      <Box component="nav" aria-label="Operations" ref={list}>
        <NavLink
          renderRoot={(props) => (
            <Link {...props} to="/api/docs" search={{ operation: beginning, ...q }} />
          )}
          label="How to ask"
          active={chosen === beginning}
          aria-current={chosen === beginning ? "page" : undefined}
        />
        {tags.map(({ name, "x-displayName": title }) => {
          const ofTag = found.filter(({ tag }) => tag === name);
          if (ofTag.length === 0) return null;
          return (
            <Box key={name} mt="sm">
              <Text size="sm" fw={600} px="sm" component="h2">
                {title}
              </Text>
              {ofTag.map(({ id, method, path, summary }) => (
                <NavLink
                  key={id}
                  renderRoot={(props) => (
                    <Link {...props} to="/api/docs" search={{ operation: id, ...q }} />
                  )}
                  data-operation={id}
                  active={id === chosen}
                  aria-current={id === chosen ? "page" : undefined}
                  label={summary}
                  styles={{ body: { lineHeight: 1.35 } }}
                  description={
                    <Group gap={6} wrap="nowrap" align="center" component="span">
                      <Badge
                        size="xs"
                        variant="light"
                        color={methodColours[method] ?? "gray"}
                        flex="none"
                      >
                        {method}
                      </Badge>
                      <Text span size="xs" ff="monospace" style={{ overflowWrap: "anywhere" }}>
                        {path.replace("/api/v1", "")}
                      </Text>
                    </Group>
                  }
                />
              ))}
            </Box>
          );
        })}
      </Box>
    </Stack>
  );
}

function textOf({ id, method, path, summary, tag }: Operation, tags: ApiDocument["tags"]): string {
  const title = tags.find(({ name }) => name === tag)?.["x-displayName"] ?? "";
  return `${id} ${method} ${path} ${summary} ${title}`.toLowerCase();
}
