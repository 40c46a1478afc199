import { Button, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ask, path } from "../../api/ask.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { sizeText } from "../../parts/numbers.ts";
import { useConfirmed } from "../../parts/use-confirmed.ts";

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
  const removal = useConfirmed(
    () => ask("DELETE", kind === "kv" ? path`/kv/${name}` : path`/objects/${name}`),
    {
      // The list only: what is gone is not asked for again.
      stale: { queryKey: [kind], exact: true },
      onDone: async () => {
        await navigate({ to: "/storage", search: kind === "objects" ? { tab: "objects" } : {} });
        queries.removeQueries({ queryKey: [kind, name], type: "inactive" });
      },
    },
  );
  const what = kind === "kv" ? "bucket" : "store";
  return (
    <>
      <Button
        variant="default"
        c="red"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => removal.ask()}
      >
        {`Delete ${what}`}
      </Button>
      <Confirm action={`Delete ${what}`} typed={name} {...removal.confirm}>
        <Text>
          {kind === "kv"
            ? `${name} is deleted with all of its keys, their values and what was there before: ${sizeText(bytes)}. Programs that use it fail from then on.`
            : `${name} is deleted with all of its objects: ${sizeText(bytes)}. Programs that use it fail from then on.`}
        </Text>
      </Confirm>
    </>
  );
}
