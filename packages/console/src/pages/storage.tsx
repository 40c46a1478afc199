import { Anchor, Group, Modal, Stack, Switch, Table, Tabs, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { BucketBody, StoreBody } from "@oxbow/gateways/http/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { bucketsQuestion, storesQuestion } from "../api/storage-questions.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Failure } from "../parts/failure.tsx";
import { FilterText } from "../parts/filter-text.tsx";
import { MayNot, useMay } from "../parts/may.tsx";
import { NewButton } from "../parts/new-button.tsx";
import { countText, sizeText } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { CreateBucket } from "./storage/create-bucket.tsx";
import { ageText, isOwn, limitText } from "./storage/words.ts";

const route = getRouteApi("/storage");

/** Buckets of keys and values, and stores of objects. */
export function Storage() {
  const { tab, q = "" } = route.useSearch();
  const isObjects = tab === "objects";
  const navigate = useNavigate();
  const may = useMay()(isObjects ? "objectStore.create" : "kv.create");
  const [isCreating, creating] = useDisclosure();
  const [withOwn, setWithOwn] = useState(false);
  return (
    <Stack>
      <PageHead title="Storage">
        {may && (
          <NewButton onClick={creating.open}>
            {isObjects ? "New object store" : "New bucket"}
          </NewButton>
        )}
      </PageHead>
      {!may && <MayNot doing="make buckets and stores, or change them," least="owner" />}
      <Tabs
        value={isObjects ? "objects" : "kv"}
        onChange={(chosen) =>
          void navigate({ to: "/storage", search: chosen === "objects" ? { tab: chosen } : {} })
        }
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="kv">Keys and values</Tabs.Tab>
          <Tabs.Tab value="objects">Objects</Tabs.Tab>
        </Tabs.List>
        <Stack mt="md">
          <Group align="end">
            <FilterText
              label="Find"
              placeholder="Name or description"
              value={q}
              onChange={(value) =>
                void navigate({
                  to: "/storage",
                  search: { ...(isObjects && { tab }), ...(value !== "" && { q: value }) },
                  replace: true,
                })
              }
            />
            <Switch
              mb={8}
              label="Oxbow's own too"
              checked={withOwn}
              onChange={({ currentTarget }) => setWithOwn(currentTarget.checked)}
            />
          </Group>
          <Tabs.Panel value="kv">
            <Buckets sought={q} withOwn={withOwn} />
          </Tabs.Panel>
          <Tabs.Panel value="objects">
            <Stores sought={q} withOwn={withOwn} />
          </Tabs.Panel>
        </Stack>
      </Tabs>
      <Modal
        opened={isCreating}
        onClose={creating.close}
        title={isObjects ? "New object store" : "New bucket"}
        size="lg"
      >
        <CreateBucket kind={isObjects ? "objects" : "kv"} />
      </Modal>
    </Stack>
  );
}

interface ListProps {
  readonly sought: string;
  readonly withOwn: boolean;
}

function Buckets({ sought, withOwn }: ListProps) {
  const { data, error } = useQuery(bucketsQuestion);
  return (
    <List
      to="/storage/kv/$bucket"
      error={error}
      stores={data?.filter((each) => isFound(each, sought, withOwn))}
      isSought={sought !== ""}
      heads={["Bucket", "Values", "Size", "Kept of a key", "Values live", "Limit", "Stored"]}
      cells={({ values, bytes, history }) => [countText(values), sizeText(bytes), String(history)]}
      about="A bucket keeps a value for each key, and the values before it: settings, states, small documents. Programs read it, write to it and watch it with any NATS client, or over HTTP."
      nothing="There is no bucket yet"
    />
  );
}

function Stores({ sought, withOwn }: ListProps) {
  const { data, error } = useQuery(storesQuestion);
  return (
    <List
      to="/storage/objects/$bucket"
      error={error}
      stores={data?.filter((each) => isFound(each, sought, withOwn))}
      isSought={sought !== ""}
      heads={["Store", "Size", "Objects live", "Limit", "Stored"]}
      cells={({ bytes }) => [sizeText(bytes)]}
      about="An object store keeps files of any size up to 1 GiB under their names: models, images, exports. Programs put them in and take them out with any NATS client, or over HTTP."
      nothing="There is no object store yet"
    />
  );
}

function isFound(
  { name, description }: { readonly name: string; readonly description: string },
  sought: string,
  withOwn: boolean,
): boolean {
  const text = `${name} ${description}`.toLowerCase();
  return (withOwn || !isOwn(name)) && text.includes(sought.toLowerCase());
}

function List<Store extends BucketBody | StoreBody>({
  to,
  error,
  stores,
  isSought,
  heads,
  cells,
  about,
  nothing,
}: {
  readonly to: "/storage/kv/$bucket" | "/storage/objects/$bucket";
  readonly error: Error | null;
  readonly stores: readonly Store[] | undefined;
  readonly isSought: boolean;
  readonly heads: readonly string[];
  /** How much is in one: what stands between its name and how long that lives. */
  readonly cells: (store: Store) => readonly string[];
  readonly about: string;
  readonly nothing: string;
}) {
  if (stores === undefined) return <Failure error={error} />;
  if (stores.length === 0) {
    if (isSought) return <Text c="dimmed">Nothing like that.</Text>;
    return (
      <Stack gap="xs">
        <Text fw={600}>{nothing}</Text>
        <Text c="dimmed" maw={620}>
          {about}
        </Text>
      </Stack>
    );
  }
  return (
    <DataTable heads={heads} minWidth={640} highlightOnHover>
      {stores.map((store) => (
        <Table.Tr key={store.name}>
          <Table.Td>
            <Anchor
              fz="sm"
              renderRoot={(props) => <Link {...props} to={to} params={{ bucket: store.name }} />}
            >
              {store.name}
            </Anchor>
            {store.description !== "" && (
              <Text size="xs" c="dimmed" lineClamp={1}>
                {store.description}
              </Text>
            )}
          </Table.Td>
          {cells(store).map((text, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as many, and in this order, in each row
            <Table.Td key={index} className="tabular">
              {text}
            </Table.Td>
          ))}
          <Table.Td>{ageText(store.maxAgeMs)}</Table.Td>
          <Table.Td>{limitText(store.maxBytes)}</Table.Td>
          <Table.Td>{store.storage}</Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}
