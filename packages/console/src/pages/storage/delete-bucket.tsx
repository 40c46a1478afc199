import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ask, path } from "../../api/ask.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { sizeText } from "../../parts/numbers.ts";

/** Deletes a bucket or a store, once its name was typed. */
export function DeleteBucket({
  kind,
  name,
  bytes,
}: {
  readonly kind: "kv" | "objects";
  readonly name: string;
  readonly bytes: number;
}) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isAsked, asked] = useDisclosure();
  const remove = useMutation({
    mutationFn: () => ask("DELETE", kind === "kv" ? path`/kv/${name}` : path`/objects/${name}`),
    onSuccess: async () => {
      await navigate({ to: "/storage", search: kind === "objects" ? { tab: "objects" } : {} });
      queries.removeQueries({ queryKey: [kind, name], type: "inactive" });
      // The list only: what is gone is not asked for again.
      await queries.invalidateQueries({ queryKey: [kind], exact: true });
    },
  });
  const what = kind === "kv" ? "bucket" : "store";
  return (
    <>
      <Button
        variant="default"
        c="red"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => {
          remove.reset();
          asked.open();
        }}
      >
        {`Delete ${what}`}
      </Button>
      <Confirm
        isOpen={isAsked}
        onClose={asked.close}
        action={`Delete ${what}`}
        typed={name}
        onConfirm={() => remove.mutate()}
        isPending={remove.isPending}
        error={remove.error}
      >
        <Text>
          {kind === "kv"
            ? `${name} is deleted with all of its keys, their values and what was there before: ${sizeText(bytes)}. Programs that use it fail from then on.`
            : `${name} is deleted with all of its objects: ${sizeText(bytes)}. Programs that use it fail from then on.`}
        </Text>
      </Confirm>
    </>
  );
}
