import { Button, Group, Stack, type StackProps, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Failure } from "./failure.tsx";

interface FormEndProps {
  /** What the button says that does it; no button where it is left out. */
  readonly action: string | undefined;
  /** How it goes: what `useMutation` tells. */
  readonly doing: { readonly isPending: boolean; readonly error: Error | null };
  /** Whether it can be done as things stand. */
  readonly isReady?: boolean;
  readonly isDestructive?: boolean;
  /** Whether the fields say themselves what was wrong with them. */
  readonly isSaidAbove?: boolean;
  readonly icon?: ReactNode;
  /** What else can be done, on the other side. */
  readonly others?: ReactNode;
  readonly cancel?: string;
  readonly onCancel?: (() => void) | undefined;
  /** Does it, where there is no form around; else the form is submitted. */
  readonly onAct?: () => void;
}

/** How what is asked for ends: what went wrong, the way back, and the button that does it. */
export function FormEnd({
  action,
  doing: { isPending, error },
  isReady = true,
  isDestructive = false,
  isSaidAbove = false,
  icon,
  others,
  cancel = "Cancel",
  onCancel,
  onAct,
}: FormEndProps) {
  return (
    <>
      {isSaidAbove ? (
        <Text c="red" size="sm" role="alert">
          That did not work: see what is said above.
        </Text>
      ) : (
        <Failure error={error} />
      )}
      <Group justify={others === undefined ? "end" : "space-between"}>
        {others}
        {onCancel !== undefined && (
          <Button variant="default" onClick={onCancel}>
            {cancel}
          </Button>
        )}
        {action !== undefined && (
          <Button
            {...(onAct === undefined ? { type: "submit" } : { onClick: onAct })}
            {...(isDestructive && { color: "red" })}
            disabled={!isReady}
            loading={isPending}
            leftSection={icon}
          >
            {action}
          </Button>
        )}
      </Group>
    </>
  );
}

/** Asks for something, and ends as all forms do. */
export function Form({
  onSubmit,
  gap = "md",
  children,
  ...end
}: Omit<FormEndProps, "onAct"> & {
  readonly onSubmit: () => void;
  readonly gap?: StackProps["gap"];
  readonly children: ReactNode;
}) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // Dialogs stand in the tree of what opened them: a form around is not meant.
        event.stopPropagation();
        // Enter sends it also where the button can't be pressed.
        if (end.isReady !== false && !end.doing.isPending) onSubmit();
      }}
    >
      <Stack gap={gap}>
        {children}
        <FormEnd {...end} />
      </Stack>
    </form>
  );
}
