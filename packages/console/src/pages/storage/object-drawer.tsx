import { Button, Drawer, Group, Skeleton, Stack, Text } from "@mantine/core";
import type { ObjectBody } from "@oxbow/gateways/http/contract";
import { IconDownload, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { ask, path } from "../../api/ask.ts";
import { objectPath, objectQuestion } from "../../api/storage-questions.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { clockText, countText, sizeText } from "../../parts/numbers.ts";
import { useConfirmed } from "../../parts/use-confirmed.ts";
import { fileNameOf } from "./words.ts";

interface ObjectDrawerProps {
  readonly bucket: string;
  /** The one that is shown; none if it is left out. */
  readonly name: string | undefined;
  /** Whether it may be deleted. */
  readonly may: boolean;
  readonly onClose: () => void;
}

/** What is known of an object, and what can be done with it. */
export function ObjectDrawer({ bucket, name, may, onClose }: ObjectDrawerProps) {
  return (
    <Drawer
      opened={name !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={name}
      styles={{ title: { overflowWrap: "anywhere" } }}
    >
      {name !== undefined && <Shown bucket={bucket} name={name} may={may} onClose={onClose} />}
    </Drawer>
  );
}

function Shown({ bucket, name, may, onClose }: ObjectDrawerProps & { readonly name: string }) {
  const { data: object, error } = useQuery(objectQuestion(bucket, name));
  const removal = useConfirmed(() => ask("DELETE", path`/objects/${bucket}/objects/${name}`), {
    // What is gone itself is not asked for again.
    stale: { queryKey: ["objects"], predicate: ({ queryKey }) => queryKey[2] !== "object" },
    onDone: async () => onClose(),
  });
  if (object === undefined) {
    return error === null ? <Skeleton h={200} /> : <Failure error={error} />;
  }
  return (
    <Stack>
      <Group gap="xs">
        <Button
          component="a"
          href={objectPath(bucket, name)}
          download={fileNameOf(name)}
          size="xs"
          variant="light"
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          Download
        </Button>
        {may && (
          <Button
            size="xs"
            variant="default"
            c="red"
            leftSection={<IconTrash size={15} aria-hidden />}
            onClick={() => removal.ask()}
          >
            Delete
          </Button>
        )}
      </Group>
      <ObjectFacts object={object} />
      <Confirm action="Delete" title="Delete the object" {...removal.confirm}>
        <Text style={{ overflowWrap: "anywhere" }}>
          {name} ({sizeText(object.bytes)}) is deleted for ever.
        </Text>
      </Confirm>
    </Stack>
  );
}

function ObjectFacts({ object }: { readonly object: ObjectBody }) {
  const { description, bytes, time, contentType, digest, revision, link } = object;
  const facts: readonly (readonly [string, string])[] = [
    ["Description", description || "none"],
    ["Size", `${sizeText(bytes)} (${countText(bytes)} bytes)`],
    ["Type", contentType ?? "not told"],
    ["Changed", `${clockText(time)} (${time})`],
    ["Revision", String(revision)],
    ["Digest", digest || "none"],
    ...(link === null
      ? []
      : ([["Stands for", `${link.name ?? "all"} of ${link.bucket}`]] as const)),
  ];
  return <Facts facts={facts} names={"32%"} fz="sm" />;
}
