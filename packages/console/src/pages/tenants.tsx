import { Anchor, Badge, Card, Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Tenant, TenantQuotas } from "oxbow/control";
import { useState } from "react";
import { tenantsQuestion, tenantUsesQuestion } from "../api/account-questions.ts";
import { ask, path } from "../api/ask.ts";
import { Failure } from "../parts/failure.tsx";
import { Form } from "../parts/form.tsx";
import { ManagedActions, ManagedDialogs, useManaged } from "../parts/managed.tsx";
import { Guarded } from "../parts/may.tsx";
import { NameInput } from "../parts/name-input.tsx";
import { NewButton } from "../parts/new-button.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { useWrite } from "../parts/use-write.ts";
import { QuotaUse } from "./tenants/quota-use.tsx";

const gib = 1024 ** 3;

interface Quota {
  readonly field: keyof TenantQuotas;
  readonly label: string;
  readonly description: string;
  /** What one of the field is, in what the server counts. */
  readonly unit: number;
}

const quotas: readonly Quota[] = [
  {
    field: "streamsMax",
    label: "Partitions of all stations",
    description: "A station has one, unless it says more",
    unit: 1,
  },
  {
    field: "consumersMax",
    label: "Consumers",
    description: "A group has one for each partition",
    unit: 1,
  },
  {
    field: "storageBytesMax",
    label: "Storage on disk, GiB",
    description: "Beyond it, nothing is stored",
    unit: gib,
  },
  {
    field: "memoryBytesMax",
    label: "Storage in memory, GiB",
    description: "Of stations that are kept in memory",
    unit: gib,
  },
  {
    field: "connectionsMax",
    label: "Connections",
    description: "Of all its users at a time",
    unit: 1,
  },
  {
    field: "messagesPerSecondMax",
    label: "Messages a second",
    description: "Of all its users together; beyond, they are slowed down",
    unit: 1,
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
  const { data: tenants = [], error } = useQuery(tenantsQuestion);
  const { data: uses } = useQuery(tenantUsesQuestion);
  const things = useManaged<Tenant>((name) => path`/tenants/${name}`, tenantsQuestion);
  return (
    <Stack>
      <PageHead title="Tenants">
        <NewButton onClick={() => things.edit(undefined)}>New tenant</NewButton>
      </PageHead>
      <Text c="dimmed" maw={720}>
        Each has stations, groups, schemas and users of its own, which the others do not see.
        Whoever belongs to one logs in as its name, $ and that of the tenant.
      </Text>
      <Failure error={error} />
      {tenants.map((tenant) => (
        <Card key={tenant.name} withBorder component="section" aria-label={tenant.name}>
          <Group justify="space-between" align="start" mb="sm">
            <Stack gap={0} miw={0}>
              <Group gap="xs">
                <Anchor
                  fw={600}
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
                <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {tenant.description}
                </Text>
              )}
            </Stack>
            {tenant.createdAt !== null && <ManagedActions things={things} thing={tenant} />}
          </Group>
          <QuotaUse tenant={tenant} use={uses?.get(tenant.name)} />
        </Card>
      ))}
      <ManagedDialogs
        things={things}
        kind="tenant"
        form={(tenant, onDone) => <TenantForm tenant={tenant} onDone={onDone} />}
        end={(name) =>
          `${name} is deleted with all of its stations and their messages, its groups and schemas, for ever. Its users have to be gone first.`
        }
        isTyped
      />
    </Stack>
  );
}

function TenantForm({
  tenant,
  onDone,
}: {
  readonly tenant: Tenant | undefined;
  readonly onDone: () => void;
}) {
  const [name, setName] = useState(tenant?.name ?? "");
  const [description, setDescription] = useState(tenant?.description ?? "");
  const [values, setValues] = useState<Readonly<Record<string, number | null>>>(
    Object.fromEntries(quotas.map(({ field }) => [field, tenant?.[field] ?? null])),
  );
  const save = useWrite(
    () =>
      ask<Tenant>(tenant === undefined ? "PUT" : "PATCH", path`/tenants/${name}`, {
        body: { description, ...values },
      }),
    {
      stale: tenantsQuestion,
      onDone,
    },
  );
  return (
    <Form
      onSubmit={() => save.mutate()}
      doing={save}
      action={tenant === undefined ? "Create tenant" : "Save"}
    >
      {tenant === undefined && <NameInput value={name} onChange={setName} />}
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
    </Form>
  );
}

function toField(value: number | null, unit: number): number | "" {
  return value === null ? "" : value / unit;
}
