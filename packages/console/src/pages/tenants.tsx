import {
  Anchor,
  Badge,
  Button,
  Group,
  Modal,
  NumberInput,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Tenant, TenantQuotas } from "oxbow/control";
import { useState } from "react";
import { tenantsQuestion } from "../api/account-questions.ts";
import { ask, path } from "../api/ask.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Failure } from "../parts/failure.tsx";
import { Guarded } from "../parts/may.tsx";
import { countText, sizeText } from "../parts/numbers.ts";

const gib = 1024 ** 3;

interface Quota {
  readonly field: keyof TenantQuotas;
  readonly label: string;
  readonly description: string;
  /** What one of the field is, in what the server counts. */
  readonly unit: number;
  readonly write: (value: number) => string;
}

const quotas: readonly Quota[] = [
  {
    field: "streamsMax",
    label: "Partitions of all stations",
    description: "A station has one, unless it says more",
    unit: 1,
    write: countText,
  },
  {
    field: "consumersMax",
    label: "Consumers",
    description: "A group has one for each partition",
    unit: 1,
    write: countText,
  },
  {
    field: "storageBytesMax",
    label: "Storage on disk, GiB",
    description: "Beyond it, nothing is stored",
    unit: gib,
    write: sizeText,
  },
  {
    field: "memoryBytesMax",
    label: "Storage in memory, GiB",
    description: "Of stations that are kept in memory",
    unit: gib,
    write: sizeText,
  },
  {
    field: "connectionsMax",
    label: "Connections",
    description: "Of all its users at a time",
    unit: 1,
    write: countText,
  },
  {
    field: "messagesPerSecondMax",
    label: "Messages a second",
    description: "Of all its users together; beyond, they are slowed down",
    unit: 1,
    write: countText,
  },
];

/** Accounts of their own, each with what it may use. */
export function Tenants() {
  return (
    <Guarded
      operation="tenant.list"
      doing="see and manage tenants"
      least="owner, in the tenant default,"
    >
      <TenantsThere />
    </Guarded>
  );
}

function TenantsThere() {
  const queries = useQueryClient();
  const { data: tenants = [], error } = useQuery(tenantsQuestion);
  const [edited, setEdited] = useState<Tenant | "new">();
  const [leaving, setLeaving] = useState<string>();
  const remove = useMutation({
    mutationFn: (name: string) => ask("DELETE", path`/tenants/${name}`),
    onSuccess: async () => {
      setLeaving(undefined);
      await queries.invalidateQueries(tenantsQuestion);
    },
  });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Tenants
        </Title>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited("new")}>
          New tenant
        </Button>
      </Group>
      <Text c="dimmed" maw={720}>
        Each has stations, groups, schemas and users of its own, which the others do not see.
        Whoever belongs to one logs in as its name, $ and that of the tenant.
      </Text>
      <Failure error={error} />
      <Table.ScrollContainer minWidth={760}>
        <Table highlightOnHover verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>At most</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tenants.map((tenant) => (
              <Table.Tr key={tenant.name}>
                <Table.Td>
                  <Group gap="xs">
                    <Anchor
                      renderRoot={(props) => (
                        <Link
                          {...props}
                          to="/users"
                          search={tenant.createdAt === null ? {} : { tenant: tenant.name }}
                        />
                      )}
                    >
                      {tenant.name}
                    </Anchor>
                    {tenant.problems.map((problem) => (
                      <Badge key={problem} color="red">
                        {problem}
                      </Badge>
                    ))}
                  </Group>
                  {tenant.description !== "" && (
                    <Text size="xs" c="dimmed">
                      {tenant.description}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>{limitsText(tenant)}</Table.Td>
                <Table.Td>
                  {tenant.createdAt !== null && (
                    <Group gap="xs" justify="end" wrap="nowrap">
                      <Button
                        size="compact-sm"
                        variant="light"
                        aria-label={`Change ${tenant.name}`}
                        onClick={() => setEdited(tenant)}
                      >
                        Change
                      </Button>
                      <Button
                        size="compact-sm"
                        variant="light"
                        color="red"
                        aria-label={`Delete ${tenant.name}`}
                        onClick={() => {
                          remove.reset();
                          setLeaving(tenant.name);
                        }}
                      >
                        Delete
                      </Button>
                    </Group>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited === "new" || edited === undefined ? "New tenant" : `Tenant ${edited.name}`}
      >
        {edited !== undefined && (
          <TenantForm
            tenant={edited === "new" ? undefined : edited}
            onDone={() => setEdited(undefined)}
          />
        )}
      </Modal>
      <Confirm
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        action="Delete"
        {...(leaving !== undefined && { typed: leaving })}
        onConfirm={() => leaving !== undefined && remove.mutate(leaving)}
        isPending={remove.isPending}
        error={remove.error}
      >
        <Text>
          {leaving} is deleted with all of its stations and their messages, its groups and schemas,
          for ever. Its users have to be gone first.
        </Text>
      </Confirm>
    </Stack>
  );
}

function limitsText(tenant: Tenant): string {
  const set = quotas.flatMap(({ field, label, write }) => {
    const value = tenant[field];
    return value === null ? [] : [`${label.replace(", GiB", "")}: ${write(value)}`];
  });
  return set.join(" · ") || "whatever the server has";
}

function TenantForm({
  tenant,
  onDone,
}: {
  readonly tenant: Tenant | undefined;
  readonly onDone: () => void;
}) {
  const queries = useQueryClient();
  const [name, setName] = useState(tenant?.name ?? "");
  const [description, setDescription] = useState(tenant?.description ?? "");
  const [values, setValues] = useState<Readonly<Record<string, number | null>>>(
    Object.fromEntries(quotas.map(({ field }) => [field, tenant?.[field] ?? null])),
  );
  const save = useMutation({
    mutationFn: () =>
      ask<Tenant>(tenant === undefined ? "PUT" : "PATCH", path`/tenants/${name}`, {
        body: { description, ...values },
      }),
    onSuccess: async () => {
      await queries.invalidateQueries(tenantsQuestion);
      onDone();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack>
        {tenant === undefined && (
          <TextInput
            label="Name"
            description="Letters, digits, - and _"
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            data-autofocus
            required
          />
        )}
        <TextInput
          label="Description"
          value={description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        {quotas.map(({ field, label, description: hint, unit }) => (
          <NumberInput
            key={field}
            label={label}
            description={hint}
            placeholder="any"
            min={unit === 1 ? 1 : 0.001}
            value={toField(values[field] ?? null, unit)}
            onChange={(value) =>
              setValues({
                ...values,
                [field]: value === "" ? null : Math.max(1, Math.round(Number(value) * unit)),
              })
            }
          />
        ))}
        <Failure error={save.error} />
        <Group justify="end">
          <Button type="submit" loading={save.isPending}>
            {tenant === undefined ? "Create tenant" : "Save"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function toField(value: number | null, unit: number): number | "" {
  return value === null ? "" : value / unit;
}
