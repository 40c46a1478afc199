import { Button, type ButtonProps } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";

/** Begins what there is not yet. */
export function NewButton({
  onClick,
  ...props
}: Pick<ButtonProps, "children" | "variant"> & { readonly onClick: () => void }) {
  return <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={onClick} {...props} />;
}
