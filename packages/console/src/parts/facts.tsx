import { Table, type TableProps } from "@mantine/core";
import type { ReactNode } from "react";

interface FactsProps extends Pick<TableProps, "fz" | "maw" | "aria-label"> {
  readonly facts: readonly (readonly [string, ReactNode])[];
  /** How wide the names are, as of CSS. */
  readonly names: number | string;
}

/** What is known of one thing: names and values. A name may be there twice, as that of a header. */
export function Facts({ facts, names, ...props }: FactsProps) {
  return (
    <Table variant="vertical" layout="fixed" {...props}>
      <Table.Tbody>
        {facts.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name may be there twice
          <Table.Tr key={`${name} ${index}`}>
            <Table.Th w={names} style={{ overflowWrap: "anywhere" }}>
              {name}
            </Table.Th>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
