import { Table, type TableProps } from "@mantine/core";
import type { ReactNode } from "react";

export interface Head {
  readonly text: string;
  readonly isNumber: boolean;
}

/** The head of a column of numbers, which stand at its right. */
export function numbers(text: string): Head {
  return { text, isNumber: true };
}

interface DataTableProps
  extends Pick<TableProps, "highlightOnHover" | "verticalSpacing" | "aria-label"> {
  /** What stands above the columns; nothing above those that have buttons. */
  readonly heads: readonly (string | Head)[];
  /** In px: where there is less room, the table is scrolled, and not the page. */
  readonly minWidth: number;
  /** In px: what is more is scrolled to. */
  readonly mah?: number;
  /** Whether nothing in it can be focused: then it can be itself, so that it is scrolled by keys. */
  readonly isFocusable?: boolean;
  /** Its rows. */
  readonly children: ReactNode;
}

/** Things below one another, with a head. */
export function DataTable({
  heads,
  minWidth,
  mah,
  isFocusable = false,
  verticalSpacing = "xs",
  children,
  ...props
}: DataTableProps) {
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      {...(mah !== undefined && { mah })}
      {...(isFocusable && { scrollAreaProps: { viewportProps: { tabIndex: 0 } } })}
    >
      <Table verticalSpacing={verticalSpacing} {...props}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => {
              const { text, isNumber } =
                typeof head === "string" ? { text: head, isNumber: false } : head;
              if (text === "") return <Table.Th key="" aria-label="Actions" />;
              return (
                <Table.Th key={text} {...(isNumber && { ta: "right" })}>
                  {text}
                </Table.Th>
              );
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
