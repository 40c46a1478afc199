import { Button, Card, FileButton, Group, Progress, Stack, Text, TextInput } from "@mantine/core";
import type { ObjectBody } from "@oxbow/gateways/http/contract";
import { IconUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { isProblem } from "../../api/problem.ts";
import { askAgain, objectIfAny, objectPath } from "../../api/storage-questions.ts";
import { upload } from "../../api/upload.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Form } from "../../parts/form.tsx";
import { clockText, sizeText } from "../../parts/numbers.ts";

/** Puts a file into a store; what is there of that name gives way once that is confirmed. */
export function Upload({ bucket }: { readonly bucket: string }) {
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const [before, setBefore] = useState<ObjectBody>();
  const [sent, setSent] = useState(0);
  const cancel = useRef(new AbortController());
  const put = useMutation({
    mutationFn: async (replaced: ObjectBody | undefined) => {
      if (file === null) return;
      if (replaced === undefined) {
        const there = await objectIfAny(bucket, name);
        if (there !== undefined) return setBefore(there);
      }
      setBefore(undefined);
      setSent(0);
      cancel.current = new AbortController();
      await upload(
        objectPath(bucket, name),
        file,
        replaced?.revision,
        setSent,
        cancel.current.signal,
      );
      setFile(null);
      await askAgain(queries, "objects");
    },
  });
  const choose = (chosen: File | null): void => {
    if (chosen === null) return;
    put.reset();
    setFile(chosen);
    setName(chosen.name);
  };
  if (file === null) {
    return (
      <Group>
        <FileButton onChange={choose}>
          {(props) => (
            <Button {...props} variant="light" leftSection={<IconUpload size={16} aria-hidden />}>
              Upload a file
            </Button>
          )}
        </FileButton>
        {put.isSuccess && (
          <Text size="sm" role="status" style={{ overflowWrap: "anywhere" }}>
            {name} is stored.
          </Text>
        )}
      </Group>
    );
  }
  const share = file.size === 0 ? 100 : Math.min(100, (100 * sent) / file.size);
  const isSending = put.isPending && before === undefined;
  const isCancelled = isProblem(put.error) && put.error.code === "CANCELLED";
  return (
    <Card withBorder>
      <Form
        onSubmit={() => put.mutate(undefined)}
        doing={{ isPending: put.isPending, error: isCancelled ? null : put.error }}
        action="Upload"
        cancel={isSending ? "Stop" : "Cancel"}
        onCancel={() => {
          if (isSending) cancel.current.abort();
          else setFile(null);
        }}
      >
        <TextInput
          label="Name of the object"
          description={`The file has ${sizeText(file.size)}`}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          disabled={put.isPending}
          required
        />
        {isSending && (
          <Stack gap={4}>
            <Progress value={share} aria-label="How much is there" />
            <Text size="sm" className="tabular">
              {sizeText(Math.min(sent, file.size))} of {sizeText(file.size)}
            </Text>
          </Stack>
        )}
      </Form>
      <Confirm
        isOpen={before !== undefined}
        onClose={() => setBefore(undefined)}
        action="Replace"
        title="There is an object of that name"
        onConfirm={() => put.mutate(before)}
      >
        <Text style={{ overflowWrap: "anywhere" }}>
          {name} has {sizeText(before?.bytes ?? 0)}, of{" "}
          {clockText(before?.time ?? new Date(0).toISOString())}. It is replaced for ever by the
          file, of {sizeText(file.size)}.
        </Text>
      </Confirm>
    </Card>
  );
}
