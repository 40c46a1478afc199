import { Button } from "@mantine/core";

/** A button in a row of a table. */
export function RowAction({
  children,
  of,
  isDestructive = false,
  onClick,
}: {
  readonly children: string;
  /** What it is done to: many rows have the same button, and who doesn't see the row has to know which it is. */
  readonly of: string;
  readonly isDestructive?: boolean;
  readonly onClick: () => void;
}) {
  return (
    <Button
      size="compact-sm"
      variant="light"
      {...(isDestructive && { color: "red" })}
      aria-label={`${children} ${of}`}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
