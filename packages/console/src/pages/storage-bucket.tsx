import { Anchor, Modal, Stack, Switch, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { KeyBody } from "@oxbow/gateways/http/contract";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { bucketQuestion, keysQuestion } from "../api/storage-questions.ts";
import { FilterText } from "../parts/filter-text.tsx";
import { MayNot, useMay } from "../parts/may.tsx";
import { Missing } from "../parts/missing.tsx";
import { NewButton } from "../parts/new-button.tsx";
import { clockText, countText, sizeText } from "../parts/numbers.ts";
import { Paged } from "../parts/paged.tsx";
import { DeleteBucket } from "./storage/delete-bucket.tsx";
import { Head } from "./storage/head.tsx";
import { KeyDrawer } from "./storage/key-drawer.tsx";
import { LiveChanges } from "./storage/live-changes.tsx";
import { PutForm } from "./storage/put-form.tsx";
import { ageText, isOwn, limitText } from "./storage/words.ts";

const route = getRouteApi("/storage/kv/$bucket");

/** The keys of a bucket, and the value of the one that is chosen. */
export function BucketPage() {
  const { bucket: name } = route.useParams();
  const search = route.useSearch();
  const { q = "", key, live } = search;
  const navigate = useNavigate();
  const { data: bucket, error } = useQuery(bucketQuestion(name));
  const mayDo = useMay();
  const [isPutting, putting] = useDisclosure();
  const may = (operation: string): boolean => mayDo(operation) && !isOwn(name);
  const mayPut = may("kv.putValue");
  const show = (next: typeof search, replace = true): void =>
    void navigate({ to: "/storage/kv/$bucket", params: { bucket: name }, search: next, replace });
  if (bucket === undefined) return <Missing error={error} to="/storage" />;
  const { tab: _, key: __, ...list } = search;
  return (
    <Stack>
      <Head
        kind="kv"
        name={name}
        description={bucket.description}
        badge={isOwn(name) ? "Oxbow's own" : undefined}
        facts={[
          `${countText(bucket.values)} values, earlier ones included`,
          sizeText(bucket.bytes),
          `${bucket.history} kept of a key`,
          `values live ${ageText(bucket.maxAgeMs)}`,
          `limit ${limitText(bucket.maxBytes)}`,
          bucket.storage === "file" ? "on disk" : "in memory",
        ]}
      >
        {may("kv.delete") && <DeleteBucket kind="kv" name={name} bytes={bucket.bytes} />}
        {mayPut && <NewButton onClick={putting.open}>New key</NewButton>}
      </Head>
      {!mayDo("kv.putValue") && <MayNot doing="change what a bucket holds" least="owner" />}
      <FilterText
        label="Find keys"
        placeholder="Part of a key, or a pattern: web.*, web.>"
        value={q}
        onChange={(value) => {
          const { q: ___, ...others } = search;
          show(value === "" ? others : { ...others, q: value });
        }}
      />
      <Switch
        label="Live: changes as they come"
        checked={live !== undefined}
        onChange={({ currentTarget }) => {
          const { live: ___, ...others } = search;
          show(currentTarget.checked ? { ...others, live: "yes" } : others);
        }}
      />
      {live !== undefined && <LiveChanges bucket={name} sought={q} />}
      <Keys bucket={name} sought={q} />
      <KeyDrawer bucket={name} keyName={key} may={mayPut} onClose={() => show(list, false)} />
      <Modal opened={isPutting} onClose={putting.close} title="New key" size="xl">
        <PutForm
          bucket={name}
          onDone={(made) => {
            putting.close();
            show({ ...list, key: made }, false);
          }}
        />
      </Modal>
    </Stack>
  );
}

function Keys({ bucket, sought }: { readonly bucket: string; readonly sought: string }) {
  return (
    <Paged
      list={useInfiniteQuery(keysQuestion(bucket, sought))}
      itemsOf={({ items }) => items}
      nothing={sought === "" ? "No key has a value yet." : "No key like that has a value."}
      more="Show more keys"
    >
      {(keys) => <KeyTable bucket={bucket} keys={keys} />}
    </Paged>
  );
}

function KeyTable({
  bucket,
  keys,
}: {
  readonly bucket: string;
  readonly keys: readonly KeyBody[];
}) {
  const { tab: _, ...search } = route.useSearch();
  return (
    <Table highlightOnHover verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Key</Table.Th>
          <Table.Th ta="right" visibleFrom="xs">
            Revision
          </Table.Th>
          <Table.Th ta="right">Size</Table.Th>
          <Table.Th>Changed</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {keys.map(({ key, revision, time, bytes }) => (
          <Table.Tr key={key}>
            <Table.Td style={{ overflowWrap: "anywhere" }}>
              <Anchor
                fz="sm"
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/storage/kv/$bucket"
                    params={{ bucket }}
                    search={{ ...search, key }}
                  />
                )}
              >
                {key}
              </Anchor>
            </Table.Td>
            <Table.Td ta="right" className="tabular" visibleFrom="xs">
              {revision}
            </Table.Td>
            <Table.Td ta="right" className="tabular">
              {sizeText(bytes)}
            </Table.Td>
            <Table.Td className="tabular">{clockText(time)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
