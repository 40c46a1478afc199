import { Alert, Button, Drawer, Group, Modal, Skeleton, Stack, Tabs, Text } from "@mantine/core";
import { IconDownload, IconEdit, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import {
  askAgain,
  deleteValue,
  type Value,
  valuePath,
  valueQuestion,
} from "../../api/storage-questions.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failure } from "../../parts/failure.tsx";
import { clockText, sizeText } from "../../parts/numbers.ts";
import { Payload } from "../../parts/payload.tsx";
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
      closeButtonProps={{ "aria-label": "Close" }}
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
        closeButtonProps={{ "aria-label": "Close" }}
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
  const queries = useQueryClient();
  const [asked, setAsked] = useState<"delete" | "purge">();
  const remove = useMutation({
    mutationFn: (isPurge: boolean) => deleteValue(bucket, keyName, isPurge, value?.revision),
    onSuccess: () => setAsked(undefined),
    // Where somebody else was first, what is there now is shown.
    onSettled: () => askAgain(queries, "kv"),
  });
  const open = (what: "delete" | "purge"): void => {
    remove.reset();
    setAsked(what);
  };
  return (
    <>
      {value !== null && (
        <Button
          size="xs"
          variant="default"
          c="red"
          leftSection={<IconTrash size={15} aria-hidden />}
          onClick={() => open("delete")}
        >
          Delete
        </Button>
      )}
      <Button size="xs" variant="default" c="red" onClick={() => open("purge")}>
        Purge
      </Button>
      <Confirm
        isOpen={asked === "delete"}
        onClose={() => setAsked(undefined)}
        action="Delete"
        title={`Delete the value of ${keyName}`}
        onConfirm={() => remove.mutate(false)}
        isPending={remove.isPending}
        error={remove.error}
      >
        <Text>
          The key has no value from then on, and whoever watches it is told. Values before it stay
          in its history as long as the bucket keeps them.
        </Text>
      </Confirm>
      <Confirm
        isOpen={asked === "purge"}
        onClose={() => setAsked(undefined)}
        action="Purge"
        title={`Purge ${keyName}`}
        onConfirm={() => remove.mutate(true)}
        isPending={remove.isPending}
        error={remove.error}
      >
        <Text>
          The value and all values before it are removed for ever. Whoever watches the key is told.
        </Text>
      </Confirm>
    </>
  );
}
