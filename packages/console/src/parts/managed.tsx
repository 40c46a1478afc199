import { Group, Modal, type ModalProps, Text } from "@mantine/core";
import type { InvalidateQueryFilters } from "@tanstack/react-query";
import { Fragment, type ReactNode, useState } from "react";
import { ask } from "../api/ask.ts";
import { Confirm } from "./confirm.tsx";
import { RowAction } from "./row-action.tsx";
import { type Confirmed, useConfirmed } from "./use-confirmed.ts";

interface Named {
  readonly name: string;
}

interface Managed<Thing extends Named> {
  /** The one that is changed; `undefined` for a new one. */
  readonly edited: Thing | undefined;
  readonly isEditing: boolean;
  /** How often something was begun: each form begins anew, also while the one before it fades. */
  readonly edits: number;
  readonly edit: (thing: Thing | undefined) => void;
  readonly stop: () => void;
  readonly removal: Confirmed<string, unknown>;
}

/**
 * Things with names that are made, changed and deleted from the list of them.
 *
 * @param place - Where the API has the thing of a name.
 * @param stale - What is asked for again once one is deleted.
 */
export function useManaged<Thing extends Named>(
  place: (name: string) => string,
  stale: InvalidateQueryFilters,
): Managed<Thing> {
  const [edited, edit] = useState<Thing>();
  const [isEditing, setEditing] = useState(false);
  const [edits, setEdits] = useState(0);
  const removal = useConfirmed((name: string) => ask("DELETE", place(name)), { stale });
  return {
    edited,
    isEditing,
    edits,
    edit: (thing) => {
      edit(thing);
      setEdits(edits + 1);
      setEditing(true);
    },
    stop: () => setEditing(false),
    removal,
  };
}

/** What is done to one of them. */
export function ManagedActions<Thing extends Named>({
  things,
  thing,
  children,
}: {
  readonly things: Managed<Thing>;
  readonly thing: Thing;
  /** What else can be done to it. */
  readonly children?: ReactNode;
}) {
  return (
    <Group gap="xs" justify="end" wrap="nowrap">
      {children}
      <RowAction of={thing.name} onClick={() => things.edit(thing)}>
        Change
      </RowAction>
      <RowAction of={thing.name} isDestructive onClick={() => things.removal.ask(thing.name)}>
        Delete
      </RowAction>
    </Group>
  );
}

/** The dialogs of a list: the form of one thing, and the question before one is deleted. */
export function ManagedDialogs<Thing extends Named>({
  things,
  kind,
  size,
  form,
  end,
  isTyped = false,
}: {
  readonly things: Managed<Thing>;
  /** What one of them is called: channel. */
  readonly kind: string;
  readonly size?: ModalProps["size"];
  readonly form: (thing: Thing | undefined, onDone: () => void) => ReactNode;
  /** What it means to delete the one of that name. */
  readonly end: (name: string) => string;
  /** Whether its name has to be typed before it is deleted. */
  readonly isTyped?: boolean;
}) {
  const { edited, isEditing, edits, stop, removal } = things;
  const leaving = removal.subject ?? "";
  return (
    <>
      <Modal
        opened={isEditing}
        onClose={stop}
        title={
          edited === undefined
            ? `New ${kind}`
            : `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)} ${edited.name}`
        }
        {...(size !== undefined && { size })}
      >
        <Fragment key={edits}>{form(edited, stop)}</Fragment>
      </Modal>
      <Confirm action="Delete" {...(isTyped && { typed: leaving })} {...removal.confirm}>
        <Text>{end(leaving)}</Text>
      </Confirm>
    </>
  );
}
