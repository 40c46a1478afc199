import { Anchor, Badge, Group, Modal, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { User } from "oxbow/control";
import { tenantsQuestion, usersQuestion } from "../api/account-questions.ts";
import { callerQuestion } from "../api/caller-question.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Failure } from "../parts/failure.tsx";
import { Guarded, useMay } from "../parts/may.tsx";
import { NewButton } from "../parts/new-button.tsx";
import { clockText } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { CreateUser } from "./users/create-user.tsx";
import { kindOf, kindWords } from "./users/words.ts";

const route = getRouteApi("/users");

/** Who may come in, and what for. */
export function Users() {
  return (
    <Guarded operation="user.list" doing="see and manage users" least="admin">
      <UsersThere />
    </Guarded>
  );
}

function UsersThere() {
  const { q = "", tenant } = route.useSearch();
  const navigate = useNavigate();
  const { data: users = [], error, isPending } = useQuery(usersQuestion(tenant));
  const [isCreating, creating] = useDisclosure();
  const sought = q.trim().toLowerCase();
  const found = users.filter(({ name, description }) =>
    [name, description].some((each) => each.toLowerCase().includes(sought)),
  );
  const show = (next: { readonly q?: string; readonly tenant?: string }): void =>
    void navigate({ to: "/users", search: next, replace: true });
  return (
    <Stack>
      <PageHead title="Users">
        <NewButton onClick={creating.open}>New user</NewButton>
      </PageHead>
      <Failure error={error} />
      <Group>
        <TextInput
          flex="1 1 200px"
          aria-label="Search by name or description"
          placeholder="Name or description"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={q}
          onChange={({ currentTarget: { value } }) =>
            show({ ...(value !== "" && { q: value }), ...(tenant !== undefined && { tenant }) })
          }
        />
        <TenantSelect
          tenant={tenant}
          onChange={(chosen) => show(chosen === undefined ? {} : { tenant: chosen })}
        />
      </Group>
      {!isPending && users.length === 0 && (
        <Stack align="start" gap="xs">
          <Text fw={600}>There is no user yet</Text>
          <Text c="dimmed" maw={620}>
            Give each program and each person a user of its own: it may then do what it needs and no
            more, the audit says who did what, and one can be kept out without the others.
          </Text>
        </Stack>
      )}
      {users.length > 0 && found.length === 0 && <Text c="dimmed">No user like that.</Text>}
      {found.length > 0 && <UserTable users={found} tenant={tenant} />}
      <Modal opened={isCreating} onClose={creating.close} title="New user" size="xl">
        <CreateUser tenant={tenant} onDone={creating.close} />
      </Modal>
    </Stack>
  );
}

/** For owners, whose users of which tenant are shown. */
function TenantSelect({
  tenant,
  onChange,
}: {
  readonly tenant: string | undefined;
  readonly onChange: (tenant: string | undefined) => void;
}) {
  const may = useMay();
  const { data: caller } = useQuery(callerQuestion);
  const { data: tenants = [] } = useQuery({ ...tenantsQuestion, enabled: may("tenant.list") });
  if (tenants.length < 2) return null;
  const own = caller?.tenant ?? "default";
  return (
    <Select
      aria-label="Users of which tenant"
      data={tenants.map(({ name }) => name)}
      value={tenant ?? own}
      onChange={(value) => onChange(value === null || value === own ? undefined : value)}
      allowDeselect={false}
    />
  );
}

function UserTable({
  users,
  tenant,
}: {
  readonly users: readonly User[];
  readonly tenant: string | undefined;
}) {
  return (
    <DataTable
      heads={["Name", "Is", "May read", "May write to", "Comes with", "Created"]}
      minWidth={760}
      highlightOnHover
    >
      {users.map((user) => (
        <Table.Tr key={user.name}>
          <Table.Td>
            <Group gap="xs">
              <Anchor
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/users/$user"
                    params={{ user: user.name }}
                    search={tenant === undefined ? {} : { tenant }}
                  />
                )}
              >
                {user.name}
              </Anchor>
              {user.isDisabled && <Badge color="red">kept out</Badge>}
              {isOver(user) && <Badge color="gray">expired</Badge>}
            </Group>
            {user.description !== "" && (
              <Text size="xs" c="dimmed" lineClamp={1}>
                {user.description}
              </Text>
            )}
          </Table.Td>
          <Table.Td>{kindWords[kindOf(user.role)].title}</Table.Td>
          <Table.Td>{patternsText(user, user.read)}</Table.Td>
          <Table.Td>{patternsText(user, user.write)}</Table.Td>
          <Table.Td>{waysText(user)}</Table.Td>
          <Table.Td>{clockText(user.createdAt)}</Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}

function patternsText({ role }: User, patterns: readonly string[]): string {
  if (role === "owner" || patterns.includes("*")) return "all stations";
  return patterns.join(", ") || "none";
}

function waysText({ hasPassword, keys }: User): string {
  const count = keys.length === 1 ? "1 access key" : `${keys.length} access keys`;
  const ways = [...(hasPassword ? ["a password"] : []), ...(keys.length > 0 ? [count] : [])];
  return ways.join(", ") || "nothing: it can't log in";
}

function isOver({ expiresAt }: User): boolean {
  return expiresAt !== null && Date.parse(expiresAt) < Date.now();
}
