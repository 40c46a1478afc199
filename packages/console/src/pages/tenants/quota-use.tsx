import { Box, Group, Progress, SimpleGrid, Text } from "@mantine/core";
import type { Tenant, TenantUse } from "oxbow/control";
import { countText, sizeText } from "../../parts/numbers.ts";

interface Part {
  readonly label: string;
  /** `undefined` where nobody counts it. */
  readonly used: number | undefined;
  /** What it has put aside of it by limits of its own, used or not. */
  readonly reserved?: number;
  /** `null` for any. */
  readonly allowed: number | null;
  readonly write: (value: number) => string;
}

/** What a tenant uses of what it may. */
export function QuotaUse({
  tenant,
  use,
}: {
  readonly tenant: Tenant;
  readonly use: TenantUse | undefined;
}) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="xl" verticalSpacing="xs">
      {partsOf(tenant, use).map((part) => (
        <UsedPart key={part.label} tenant={tenant.name} {...part} />
      ))}
    </SimpleGrid>
  );
}

function partsOf(tenant: Tenant, use: TenantUse | undefined): readonly Part[] {
  const { messagesPerSecondMax: rate } = tenant;
  const memory = { reserved: use?.memoryReservedBytes ?? 0, write: sizeText };
  return [
    {
      label: "Partitions",
      used: use?.streams,
      allowed: tenant.streamsMax,
      write: countText,
    },
    {
      label: "Consumers",
      used: use?.consumers,
      allowed: tenant.consumersMax,
      write: countText,
    },
    {
      label: "Connections",
      used: use?.connections,
      allowed: tenant.connectionsMax,
      write: countText,
    },
    {
      label: "On disk",
      used: use?.storageBytes,
      reserved: use?.storageReservedBytes ?? 0,
      allowed: tenant.storageBytesMax,
      write: sizeText,
    },
    { label: "In memory", used: use?.memoryBytes, allowed: tenant.memoryBytesMax, ...memory },
    ...(rate === null
      ? []
      : [{ label: "Messages a second", used: undefined, allowed: rate, write: countText }]),
  ];
}

function UsedPart({
  tenant,
  label,
  used,
  reserved = 0,
  allowed,
  write,
}: Part & { readonly tenant: string }) {
  // What is put aside can't be used for anything else.
  const taken = Math.max(used ?? 0, reserved);
  const percent = allowed === null ? 0 : Math.min(100, (100 * taken) / allowed);
  const text = textOf(used, allowed, write);
  return (
    <Box miw={0}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="xs" c="dimmed">
          {label}
        </Text>
        <Text size="xs" className="tabular">
          {text}
        </Text>
      </Group>
      {allowed !== null && used !== undefined && (
        <Progress
          mt={3}
          size="sm"
          value={percent}
          color={colorOf(percent)}
          aria-label={`${label} of ${tenant}: ${text}`}
        />
      )}
      {reserved > (used ?? 0) && (
        <Text size="xs" c="dimmed">
          {write(reserved)} put aside by limits of stations
        </Text>
      )}
    </Box>
  );
}

function textOf(
  used: number | undefined,
  allowed: number | null,
  write: (value: number) => string,
): string {
  if (used === undefined) return allowed === null ? "any" : `at most ${write(allowed)}`;
  return allowed === null ? `${write(used)} of any` : `${write(used)} of ${write(allowed)}`;
}

function colorOf(percent: number): string {
  if (percent >= 95) return "red";
  return percent >= 80 ? "yellow" : "teal";
}
