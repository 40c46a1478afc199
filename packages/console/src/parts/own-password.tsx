import { Alert, Modal, PasswordInput, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, whileSessionChanges } from "../api/ask.ts";
import { Done } from "./done.tsx";
import { fieldErrors } from "./field-errors.ts";
import { Form } from "./form.tsx";

/** Has who is logged in give himself another password. */
export function OwnPassword({
  user,
  onClose,
}: {
  readonly user: string;
  readonly onClose: () => void;
}) {
  return (
    <Modal opened onClose={onClose} title="Change your password">
      <Fields user={user} onClose={onClose} />
    </Modal>
  );
}

function Fields({ user, onClose }: { readonly user: string; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const change = useMutation({
    mutationFn: () =>
      whileSessionChanges(() => ask("PUT", "/caller/password", { body: { current, password } })),
    // What was asked for meanwhile may have been refused.
    onSettled: () => queries.invalidateQueries(),
  });
  const errors = fieldErrors(change.error, ["current", "password"]);
  const isDifferent = again !== "" && again !== password;
  if (change.isSuccess) {
    return (
      <Done action="Close" onDone={onClose}>
        <Alert color="green" variant="light" icon={<IconCheck size={18} />} title="It is changed">
          You are still logged in here, and everywhere else no longer.
        </Alert>
      </Done>
    );
  }
  return (
    <Form
      onSubmit={() => change.mutate()}
      doing={change}
      isReady={!isDifferent}
      isSaidAbove={Object.keys(errors).length > 0}
      action="Change"
      onCancel={onClose}
    >
      {/* For the browser, which keeps passwords with their users. */}
      <input type="hidden" autoComplete="username" value={user} readOnly />
      <PasswordInput
        label="Present password"
        autoComplete="current-password"
        value={current}
        onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
        error={errors["current"]}
        data-autofocus
        required
      />
      <PasswordInput
        label="New password"
        description="8 to 256 characters of any kind; a few words are good, and none that others try first."
        autoComplete="new-password"
        minLength={8}
        maxLength={256}
        value={password}
        onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        error={errors["password"]}
        required
      />
      <PasswordInput
        label="New password again"
        autoComplete="new-password"
        value={again}
        onChange={({ currentTarget }) => setAgain(currentTarget.value)}
        error={isDifferent && "This is not the same."}
        required
      />
      <Text size="sm" c="dimmed">
        You stay logged in here. Your other sessions end, and programs that use the password are
        disconnected; access keys go on to be right.
      </Text>
    </Form>
  );
}
