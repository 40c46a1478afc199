import { Card, Group, Modal, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { AccessKey, AccessKeyWithSecret, User } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Done } from "../../parts/done.tsx";
import { Form } from "../../parts/form.tsx";
import { timeOf } from "../../parts/local-time.ts";
import { NewButton } from "../../parts/new-button.tsx";
import { clockText } from "../../parts/numbers.ts";
import { RowAction } from "../../parts/row-action.tsx";
import { Secret } from "../../parts/secret.tsx";
import { useConfirmed } from "../../parts/use-confirmed.ts";
import { useWrite } from "../../parts/use-write.ts";

interface OfUser {
  readonly user: User;
  readonly tenant: string | undefined;
}

/** What programs show instead of a password: each can be taken back by itself. */
export function AccessKeys({ user, tenant }: OfUser) {
  const [isCreating, creating] = useDisclosure();
  const revoking = useConfirmed(
    ({ id }: AccessKey) =>
      ask("DELETE", path`/users/${user.name}/keys/${id}`, { query: { tenant } }),
    { stale: { queryKey: ["users"] } },
  );
  return (
    <Card withBorder>
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4">
            Access keys
          </Title>
          <NewButton variant="light" onClick={creating.open}>
            New access key
          </NewButton>
        </Group>
        {user.keys.length === 0 && (
          <Text c="dimmed" size="sm">
            None yet. A program logs in by one, and one can be taken back without the others: give
            each program its own.
          </Text>
        )}
        {user.keys.length > 0 && (
          <DataTable heads={["For", "Created", "Until", ""]} minWidth={480}>
            {user.keys.map((key) => (
              <Table.Tr key={key.id}>
                <Table.Td>{key.description || key.id}</Table.Td>
                <Table.Td>{clockText(key.createdAt)}</Table.Td>
                <Table.Td>
                  {key.expiresAt === null ? "it is revoked" : clockText(key.expiresAt)}
                </Table.Td>
                <Table.Td ta="right">
                  <RowAction
                    of={key.description || key.id}
                    isDestructive
                    onClick={() => revoking.ask(key)}
                  >
                    Revoke
                  </RowAction>
                </Table.Td>
              </Table.Tr>
            ))}
          </DataTable>
        )}
      </Stack>
      <Modal opened={isCreating} onClose={creating.close} title="New access key">
        <NewKey user={user} tenant={tenant} onDone={creating.close} />
      </Modal>
      <Confirm action="Revoke" {...revoking.confirm}>
        <Text>
          Whoever uses the key {revoking.subject?.description || revoking.subject?.id} is
          disconnected at once, and can't come in with it any more.
        </Text>
      </Confirm>
    </Card>
  );
}

function NewKey({ user, tenant, onDone }: OfUser & { readonly onDone: () => void }) {
  const [description, setDescription] = useState("");
  const [expires, setExpires] = useState("");
  const create = useWrite(
    () =>
      ask<AccessKeyWithSecret>("POST", path`/users/${user.name}/keys`, {
        query: { tenant },
        body: { description, expiresAt: timeOf(expires) },
      }),
    { stale: { queryKey: ["users"] } },
  );
  if (create.data !== undefined) {
    return (
      <Done onDone={onDone}>
        <Secret title="The access key" value={create.data.secret}>
          Programs show it as a token: "Authorization: Bearer …", or the token of a NATS client. It
          is shown this once: copy it now.
        </Secret>
      </Done>
    );
  }
  return (
    <Form onSubmit={() => create.mutate()} doing={create} action="Create key">
      <TextInput
        label="For"
        description="Which program, on which machine"
        value={description}
        onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        data-autofocus
        required
      />
      <TextInput
        type="datetime-local"
        label="Until"
        description="Empty for ever"
        value={expires}
        onChange={({ currentTarget }) => setExpires(currentTarget.value)}
      />
    </Form>
  );
}
