import { Modal, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Form } from "./form.tsx";

export interface ConfirmProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** By default what the button says. */
  readonly title?: string;
  /** What it means, with counts where there are any. */
  readonly children: ReactNode;
  /** What the button says that does it. */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly isPending?: boolean;
  readonly error?: Error | null;
  /** What has to be typed before it is done; by default nothing. */
  readonly typed?: string;
  readonly isDestructive?: boolean;
  /** Whether it can't be done as things stand. */
  readonly isImpossible?: boolean;
}

/** Asks before something is done that can't be taken back, or that reaches far. */
export function Confirm({ isOpen, onClose, title, ...rest }: ConfirmProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={title ?? rest.action}>
      <Question onClose={onClose} {...rest} />
    </Modal>
  );
}

/** Its state begins anew each time that it is opened. */
function Question({
  onClose,
  children,
  action,
  onConfirm,
  isPending = false,
  error = null,
  typed: wanted,
  isDestructive = true,
  isImpossible = false,
}: Omit<ConfirmProps, "isOpen" | "title">) {
  const [typed, setTyped] = useState("");
  const isTyped = wanted === undefined || typed === wanted;
  return (
    <Form
      onSubmit={onConfirm}
      doing={{ isPending, error }}
      action={action}
      isReady={isTyped && !isImpossible}
      isDestructive={isDestructive}
      onCancel={onClose}
    >
      {children}
      {wanted !== undefined && (
        <TextInput
          label={`Type ${wanted} to go on`}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
      )}
    </Form>
  );
}
