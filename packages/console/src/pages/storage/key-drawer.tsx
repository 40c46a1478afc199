import { Alert, Button, Drawer, Group, Modal, Skeleton, Stack, Tabs, Text } from "@mantine/core";
import { IconDownload, IconEdit, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { deleteValue, type Value, valuePath, valueQuestion } from "../../api/storage-questions.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failure } from "../../parts/failure.tsx";
import { clockText, sizeText } from "../../parts/numbers.ts";
import { Payload } from "../../parts/payload.tsx";
import { useConfirmed } from "../../parts/use-confirmed.ts";
import { KeyHistory } from "./key-history.tsx";
import { PutForm } from "./put-form.tsx";
import { fileNameOf } from "./words.ts";

const route = getRouteApi("/storage/kv/$bucket");

/** A key: its value, what was there before, and what can be done with it. */
export function KeyDrawer({
  bucket,
  keyName,
  may,
  onClose,
}: {
  readonly bucket: string;
  /** The one that is shown; none if it is left out. */
  readonly keyName: string | undefined;
  /** Whether it may be changed. */
  readonly may: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      opened={keyName !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={keyName}
      styles={{ title: { overflowWrap: "anywhere" } }}
    >
      {keyName !== undefined && (
        <Shown key={`${bucket} ${keyName}`} bucket={bucket} keyName={keyName} may={may} />
      )}
    </Drawer>
  );
}

interface ShownProps {
  readonly bucket: string;
  readonly keyName: string;
  readonly may: boolean;
}

function Shown({ bucket, keyName, may }: ShownProps) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const { data: value, error } = useQuery(valueQuestion(bucket, keyName));
  // An edit goes on from the value that it was begun with.
  const [edit, setEdit] = useState<{ readonly value: Value | null; readonly text?: string }>();
  if (value === undefined) return error === null ? <Skeleton h={300} /> : <Failure error={error} />;
  return (
    <Stack>
      <Failure error={error} />
      <Group gap="xs">
        {may && (
          <Button
            size="xs"
            variant="light"
            leftSection={<IconEdit size={15} aria-hidden />}
            onClick={() => setEdit({ value })}
          >
            {value === null ? "Put a value" : "Edit"}
          </Button>
        )}
        {value !== null && (
          <Button
            component="a"
            href={valuePath(bucket, keyName)}
            download={fileNameOf(keyName)}
            size="xs"
            variant="default"
            leftSection={<IconDownload size={15} aria-hidden />}
          >
            Save value
          </Button>
        )}
        {may && <Removals bucket={bucket} keyName={keyName} value={value} />}
      </Group>
      <Text size="sm" c="dimmed">
        {value === null
          ? "It has no value: it never had one, or it was deleted."
          : `Revision ${value.revision}, ${clockText(value.time)}`}
      </Text>
      <Tabs
        value={search.tab === "history" ? "history" : "value"}
        onChange={(chosen) => {
          const { tab: _, ...others } = search;
          void navigate({
            to: "/storage/kv/$bucket",
            params: { bucket },
            search: chosen === "history" ? { ...others, tab: chosen } : others,
            replace: true,
          });
        }}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="value">Value</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="value" pt="md">
          {value !== null && <Payload payload={value} />}
          {value?.isCut === true && (
            <Alert color="yellow" variant="light" py="xs" mt="xs">
              Only the beginning of {sizeText(value.size)} is shown: save it to see all.
            </Alert>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="md">
          <KeyHistory
            bucket={bucket}
            keyName={keyName}
            onUse={may ? (text) => setEdit({ value, text }) : undefined}
          />
        </Tabs.Panel>
      </Tabs>
      <Modal
        opened={edit !== undefined}
        onClose={() => setEdit(undefined)}
        title={`Value of ${keyName}`}
        size="xl"
      >
        {edit !== undefined && (
          <Edit bucket={bucket} keyName={keyName} {...edit} setEdit={setEdit} />
        )}
      </Modal>
    </Stack>
  );
}

function Edit({
  bucket,
  keyName,
  value,
  text,
  setEdit,
}: {
  readonly bucket: string;
  readonly keyName: string;
  readonly value: Value | null;
  readonly text?: string;
  readonly setEdit: (edit: undefined) => void;
}) {
  const isUnwritable = value !== null && (value.encoding === "base64" || value.isCut);
  return (
    <Stack>
      {isUnwritable && text === undefined && (
        <Text size="sm" c="dimmed">
          The value there is {value.isCut ? "too large" : "binary, and no text"} to be edited here:
          what you put takes its place.
        </Text>
      )}
      <PutForm
        bucket={bucket}
        keyName={keyName}
        value={isUnwritable ? { ...value, payload: "" } : value}
        text={text}
        onDone={() => setEdit(undefined)}
      />
    </Stack>
  );
}

/** Deleting the value, and purging all that is known of the key: only as it was seen. */
function Removals({
  bucket,
  keyName,
  value,
}: {
  readonly bucket: string;
  readonly keyName: string;
  readonly value: Value | null;
}) {
  const deletion = useConfirmed(() => deleteValue(bucket, keyName, false, value?.revision), {
    stale: { queryKey: ["kv"] },
  });
  const purge = useConfirmed(() => deleteValue(bucket, keyName, true, value?.revision), {
    stale: { queryKey: ["kv"] },
  });
  return (
    <>
      {value !== null && (
        <Button
          size="xs"
          variant="default"
          c="red"
          leftSection={<IconTrash size={15} aria-hidden />}
          onClick={() => deletion.ask()}
        >
          Delete
        </Button>
      )}
      <Button size="xs" variant="default" c="red" onClick={() => purge.ask()}>
        Purge
      </Button>
      <Confirm action="Delete" title={`Delete the value of ${keyName}`} {...deletion.confirm}>
        <Text>
          The key has no value from then on, and whoever watches it is told. Values before it stay
          in its history as long as the bucket keeps them.
        </Text>
      </Confirm>
      <Confirm action="Purge" title={`Purge ${keyName}`} {...purge.confirm}>
        <Text>
          The value and all values before it are removed for ever. Whoever watches the key is told.
        </Text>
      </Confirm>
    </>
  );
}
