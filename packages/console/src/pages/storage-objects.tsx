import { Anchor, Stack, Table } from "@mantine/core";
import type { ObjectBody } from "@oxbow/gateways/http/contract";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { objectsQuestion, storeQuestion } from "../api/storage-questions.ts";
import { FilterText } from "../parts/filter-text.tsx";
import { MayNot, useMay } from "../parts/may.tsx";
import { Missing } from "../parts/missing.tsx";
import { clockText, sizeText } from "../parts/numbers.ts";
import { Paged } from "../parts/paged.tsx";
import { DeleteBucket } from "./storage/delete-bucket.tsx";
import { Head } from "./storage/head.tsx";
import { ObjectDrawer } from "./storage/object-drawer.tsx";
import { Upload } from "./storage/upload.tsx";
import { ageText, isOwn, limitText } from "./storage/words.ts";

const route = getRouteApi("/storage/objects/$bucket");

/** The objects of a store, and what is known of the one that is chosen. */
export function StorePage() {
  const { bucket: name } = route.useParams();
  const { q = "", object } = route.useSearch();
  const navigate = useNavigate();
  const { data: store, error } = useQuery(storeQuestion(name));
  const mayDo = useMay();
  if (store === undefined) return <Missing error={error} to="/storage" />;
  const may = (operation: string): boolean => mayDo(operation) && !isOwn(name);
  const badge = isOwn(name) ? "Oxbow's own" : store.isSealed ? "sealed" : undefined;
  return (
    <Stack>
      <Head
        kind="objects"
        name={name}
        description={store.description}
        badge={badge}
        facts={[
          sizeText(store.bytes),
          `objects live ${ageText(store.maxAgeMs)}`,
          `limit ${limitText(store.maxBytes)}`,
          store.storage === "file" ? "on disk" : "in memory",
        ]}
      >
        {may("objectStore.delete") && (
          <DeleteBucket kind="objects" name={name} bytes={store.bytes} />
        )}
      </Head>
      {!mayDo("object.put") && <MayNot doing="change what a store holds" least="owner" />}
      {may("object.put") && !store.isSealed && <Upload bucket={name} />}
      <FilterText
        label="Find objects"
        placeholder="Part of a name"
        value={q}
        onChange={(value) =>
          void navigate({
            to: "/storage/objects/$bucket",
            params: { bucket: name },
            search: value === "" ? {} : { q: value },
            replace: true,
          })
        }
      />
      <Objects bucket={name} sought={q} />
      <ObjectDrawer
        bucket={name}
        name={object}
        may={may("object.delete") && !store.isSealed}
        onClose={() =>
          void navigate({
            to: "/storage/objects/$bucket",
            params: { bucket: name },
            search: q === "" ? {} : { q },
          })
        }
      />
    </Stack>
  );
}

function Objects({ bucket, sought }: { readonly bucket: string; readonly sought: string }) {
  return (
    <Paged
      list={useInfiniteQuery(objectsQuestion(bucket, sought))}
      itemsOf={({ items }) => items}
      nothing={sought === "" ? "There is no object in it yet." : "No object of such a name."}
      more="Show more objects"
    >
      {(objects) => <ObjectTable bucket={bucket} objects={objects} />}
    </Paged>
  );
}

function ObjectTable({
  bucket,
  objects,
}: {
  readonly bucket: string;
  readonly objects: readonly ObjectBody[];
}) {
  const search = route.useSearch();
  return (
    <Table highlightOnHover verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th ta="right">Size</Table.Th>
          <Table.Th visibleFrom="sm">Type</Table.Th>
          <Table.Th>Changed</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {objects.map(({ name, bytes, time, contentType }) => (
          <Table.Tr key={name}>
            <Table.Td style={{ overflowWrap: "anywhere" }}>
              <Anchor
                fz="sm"
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/storage/objects/$bucket"
                    params={{ bucket }}
                    search={{ ...search, object: name }}
                  />
                )}
              >
                {name}
              </Anchor>
            </Table.Td>
            <Table.Td ta="right" className="tabular">
              {sizeText(bytes)}
            </Table.Td>
            <Table.Td visibleFrom="sm" style={{ overflowWrap: "anywhere" }}>
              {contentType ?? "–"}
            </Table.Td>
            <Table.Td className="tabular">{clockText(time)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
