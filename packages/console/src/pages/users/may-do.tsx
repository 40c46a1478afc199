import { Stack, Table, Text } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import type { Role } from "oxbow/control";
import { type Right, rights, roleHas } from "oxbow/rights";

interface AccessShown {
  readonly role: Role | null;
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/** In the order in which people ask for it; what everybody may is left out. */
const shown: readonly Right[] = [
  "publish",
  "consume",
  "look",
  "readDeadLetters",
  "resend",
  "purge",
  "create",
  "edit",
  "manageGroups",
  "manageSchemas",
  "delete",
  "seeNotifications",
  "admin",
  "own",
];

/** What somebody may do with a role and patterns, as the server decides it. */
export function MayDo({ access }: { readonly access: AccessShown }) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        What it may do
      </Text>
      <Table verticalSpacing={4} fz="sm">
        <Table.Tbody>
          {shown.map((right) => {
            const where = whereOf(access, right);
            return (
              <Table.Tr key={right}>
                <Table.Td w={28}>
                  {where === undefined ? (
                    <IconX size={16} aria-label="May not" color="var(--mantine-color-dimmed)" />
                  ) : (
                    <IconCheck
                      size={16}
                      aria-label="May"
                      color="var(--mantine-color-green-light-color)"
                    />
                  )}
                </Table.Td>
                <Table.Td {...(where === undefined && { c: "dimmed" })}>
                  {rights[right].doing}{" "}
                  {where ?? (rights[right].stations === "none" ? "" : "stations")}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

/** For which stations, in words; `undefined` if for none. */
function whereOf({ role, read, write }: AccessShown, right: Right): string | undefined {
  if (!roleHas(role, right)) return undefined;
  const { stations } = rights[right];
  if (stations === "none") return "";
  if (role === "owner") return "all stations";
  const patterns =
    stations === "read" ? read : stations === "write" ? write : [...new Set([...read, ...write])];
  if (patterns.length === 0) return undefined;
  return patterns.includes("*") ? "all stations" : patterns.join(", ");
}
