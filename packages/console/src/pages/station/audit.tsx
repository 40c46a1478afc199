import { Badge, Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { ask } from "../../api/ask.ts";
import type { AuditAnswer, AuditEntry } from "../../api/types.ts";
import { Failure } from "../../parts/failure.tsx";
import { clockText } from "../../parts/numbers.ts";

const pageSize = 50;
const wrapped = { whiteSpace: "pre-wrap", overflowWrap: "anywhere" } as const;
const colours = { done: "teal", failed: "red", unknown: "yellow" } as const;

/** Who has changed what of a station and its groups, the latest first. */
export function StationAudit({ station }: { readonly station: string }) {
  const [open, setOpen] = useState<string>();
  const audit = useInfiniteQuery({
    queryKey: ["station", station, "audit"],
    queryFn: ({ pageParam }: { readonly pageParam: number | undefined }) =>
      ask<AuditAnswer>("GET", "/audit", {
        query: { name: station, order: "newest", limit: pageSize, before: pageParam },
      }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Stack>
      <Failure error={audit.error} />
      {!audit.isPending && audit.error === null && entries.length === 0 && (
        <Text c="dimmed">Nobody has changed anything of it through the platform.</Text>
      )}
      {entries.length > 0 && (
        <Table.ScrollContainer minWidth={620}>
          <Table verticalSpacing="xs" aria-label="Changes">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>Who</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th>Outcome</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {entries.map((entry) => (
                <Fragment key={entry.id}>
                  <Table.Tr>
                    <Table.Td className="tabular">{clockText(entry.startedAt)}</Table.Td>
                    <Table.Td>{whoText(entry)}</Table.Td>
                    <Table.Td style={{ overflowWrap: "anywhere" }}>{whatText(entry)}</Table.Td>
                    <Table.Td>
                      <Badge color={colours[entry.outcome]} variant="light">
                        {entry.outcome}
                      </Badge>
                    </Table.Td>
                    <Table.Td ta="right">
                      <Button
                        size="xs"
                        variant="subtle"
                        aria-expanded={open === entry.id}
                        aria-label={`Details of ${entry.operation} at ${clockText(entry.startedAt)}`}
                        onClick={() => setOpen(open === entry.id ? undefined : entry.id)}
                      >
                        Details
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                  {open === entry.id && (
                    <Table.Tr>
                      <Table.Td colSpan={5}>
                        <Details entry={entry} />
                      </Table.Td>
                    </Table.Tr>
                  )}
                </Fragment>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {audit.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
          >
            Show earlier ones
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function whoText({ who }: AuditEntry): string {
  if (who === null) return "not known";
  return [who.user === "" ? "owner" : who.user, who.address]
    .filter((each) => each !== "")
    .join(" at ");
}

function whatText({ operation, names: { station: _, ...others } }: AuditEntry): string {
  return [operation, ...Object.values(others)].join(" ");
}

/** What was asked for, and how it was changed by it, field by field. */
function Details({ entry: { request, before, after, error } }: { readonly entry: AuditEntry }) {
  const changes = changesOf(before, after);
  return (
    <Stack gap="xs">
      {error !== null && <Text c="red">{error}</Text>}
      <Text size="sm" fw={600}>
        Asked for
      </Text>
      <Code block style={wrapped}>
        {JSON.stringify(request, undefined, 2)}
      </Code>
      {changes.length > 0 && (
        <>
          <Text size="sm" fw={600}>
            Changed
          </Text>
          <Code block style={wrapped}>
            {changes.join("\n")}
          </Code>
        </>
      )}
    </Stack>
  );
}

function changesOf(before: unknown, after: unknown): string[] {
  const [old, now] = [flat(before), flat(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  return names
    .filter((name) => old.get(name) !== now.get(name))
    .map((name) => `${name}: ${old.get(name) ?? "–"} → ${now.get(name) ?? "–"}`);
}

/** The fields of an object, and of those in it, by their paths. */
function flat(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return new Map(value === null && path === "" ? [] : [[path, JSON.stringify(value)]]);
  }
  return new Map(
    Object.entries(value).flatMap(([name, each]) => [
      ...flat(each, path === "" ? name : `${path}.${name}`),
    ]),
  );
}
