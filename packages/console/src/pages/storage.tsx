import {
  Anchor,
  Button,
  Group,
  Modal,
  Stack,
  Switch,
  Table,
  Tabs,
  Text,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { bucketsQuestion, storesQuestion } from "../api/storage-questions.ts";
import { Failure } from "../parts/failure.tsx";
import { FilterText } from "../parts/filter-text.tsx";
import { useMayStore } from "../parts/may.tsx";
import { countText, sizeText } from "../parts/numbers.ts";
import { CreateBucket } from "./storage/create-bucket.tsx";
import { ageText, isOwn, limitText } from "./storage/words.ts";

const route = getRouteApi("/storage");

/** Buckets of keys and values, and stores of objects. */
export function Storage() {
  const { tab, q = "" } = route.useSearch();
  const isObjects = tab === "objects";
  const navigate = useNavigate();
  const may = useMayStore();
  const [isCreating, creating] = useDisclosure();
  const [withOwn, setWithOwn] = useState(false);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Storage
        </Title>
        {may && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={creating.open}>
            {isObjects ? "New object store" : "New bucket"}
          </Button>
        )}
      </Group>
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
  const found = data?.filter((each) => isFound(each, sought, withOwn));
  return (
    <List
      error={error}
      count={found?.length}
      isSought={sought !== ""}
      heads={["Bucket", "Values", "Size", "Kept of a key", "Values live", "Limit", "Stored"]}
      about="A bucket keeps a value for each key, and the values before it: settings, states, small documents. Programs read it, write to it and watch it with any NATS client, or over HTTP."
      nothing="There is no bucket yet"
    >
      {found?.map((bucket) => (
        <Table.Tr key={bucket.name}>
          <Table.Td>
            <Anchor
              fz="sm"
              renderRoot={(props) => (
                <Link {...props} to="/storage/kv/$bucket" params={{ bucket: bucket.name }} />
              )}
            >
              {bucket.name}
            </Anchor>
            <Description text={bucket.description} />
          </Table.Td>
          <Table.Td className="tabular">{countText(bucket.values)}</Table.Td>
          <Table.Td className="tabular">{sizeText(bucket.bytes)}</Table.Td>
          <Table.Td className="tabular">{bucket.history}</Table.Td>
          <Table.Td>{ageText(bucket.maxAgeMs)}</Table.Td>
          <Table.Td>{limitText(bucket.maxBytes)}</Table.Td>
          <Table.Td>{bucket.storage}</Table.Td>
        </Table.Tr>
      ))}
    </List>
  );
}

function Stores({ sought, withOwn }: ListProps) {
  const { data, error } = useQuery(storesQuestion);
  const found = data?.filter((each) => isFound(each, sought, withOwn));
  return (
    <List
      error={error}
      count={found?.length}
      isSought={sought !== ""}
      heads={["Store", "Size", "Objects live", "Limit", "Stored"]}
      about="An object store keeps files of any size up to 1 GiB under their names: models, images, exports. Programs put them in and take them out with any NATS client, or over HTTP."
      nothing="There is no object store yet"
    >
      {found?.map((store) => (
        <Table.Tr key={store.name}>
          <Table.Td>
            <Anchor
              fz="sm"
              renderRoot={(props) => (
                <Link {...props} to="/storage/objects/$bucket" params={{ bucket: store.name }} />
              )}
            >
              {store.name}
            </Anchor>
            <Description text={store.description} />
          </Table.Td>
          <Table.Td className="tabular">{sizeText(store.bytes)}</Table.Td>
          <Table.Td>{ageText(store.maxAgeMs)}</Table.Td>
          <Table.Td>{limitText(store.maxBytes)}</Table.Td>
          <Table.Td>{store.storage}</Table.Td>
        </Table.Tr>
      ))}
    </List>
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

function List({
  error,
  count,
  isSought,
  heads,
  about,
  nothing,
  children,
}: {
  readonly error: Error | null;
  readonly count: number | undefined;
  readonly isSought: boolean;
  readonly heads: readonly string[];
  readonly about: string;
  readonly nothing: string;
  readonly children: ReactNode;
}) {
  if (count === undefined) return <Failure error={error} />;
  if (count === 0) {
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
    <Table.ScrollContainer minWidth={640}>
      <Table highlightOnHover verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Description({ text }: { readonly text: string }) {
  if (text === "") return null;
  return (
    <Text size="xs" c="dimmed" lineClamp={1}>
      {text}
    </Text>
  );
}
