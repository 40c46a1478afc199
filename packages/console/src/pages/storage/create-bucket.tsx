import { NumberInput, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { askAgain } from "../../api/storage-questions.ts";
import { AmountInput, sizeUnits, spanUnits } from "../../parts/amount-input.tsx";
import { Form } from "../../parts/form.tsx";
import { NameInput } from "../../parts/name-input.tsx";

const historyMax = 64;

/** Makes a bucket of keys and values, or a store of objects, and goes there. */
export function CreateBucket({ kind }: { readonly kind: "kv" | "objects" }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [history, setHistory] = useState(kind === "kv" ? 5 : 1);
  const [maxAgeMs, setMaxAgeMs] = useState<number | null>(null);
  const [maxBytes, setMaxBytes] = useState<number | null>(null);
  const [storage, setStorage] = useState("file");
  const isKv = kind === "kv";
  const create = useMutation({
    mutationFn: () =>
      ask("PUT", isKv ? path`/kv/${name}` : path`/objects/${name}`, {
        body: {
          storage,
          ...(description !== "" && { description }),
          ...(isKv && { history }),
          ...(maxAgeMs !== null && { maxAgeMs }),
          ...(maxBytes !== null && { maxBytes }),
        },
      }),
    onSuccess: async () => {
      await askAgain(queries, kind);
      await navigate({
        to: isKv ? "/storage/kv/$bucket" : "/storage/objects/$bucket",
        params: { bucket: name },
      });
    },
  });
  return (
    <Form
      onSubmit={() => create.mutate()}
      doing={create}
      action={isKv ? "Create bucket" : "Create store"}
    >
      <NameInput value={name} onChange={setName} />
      <TextInput
        label="Description"
        value={description}
        onChange={({ currentTarget }) => setDescription(currentTarget.value)}
      />
      {isKv && (
        <NumberInput
          label="Values kept of each key"
          description="With more than one you see what was there before, and can go back"
          value={history}
          onChange={(value) => setHistory(Number(value) || 1)}
          min={1}
          max={historyMax}
          allowDecimal={false}
          maw={360}
        />
      )}
      <AmountInput
        label={isKv ? "How long values are kept" : "How long objects are kept"}
        units={spanUnits}
        value={maxAgeMs}
        onChange={setMaxAgeMs}
        none="for ever"
      />
      <AmountInput
        label="Limit of its size"
        description="What would not fit any more is refused"
        units={sizeUnits}
        value={maxBytes}
        onChange={setMaxBytes}
        none="none"
      />
      <Stack gap={4}>
        <Text size="sm" fw={500}>
          Stored
        </Text>
        <SegmentedControl
          aria-label="Stored"
          value={storage}
          onChange={setStorage}
          maw={360}
          data={[
            { value: "file", label: "On disk" },
            { value: "memory", label: "In memory" },
          ]}
        />
      </Stack>
    </Form>
  );
}
