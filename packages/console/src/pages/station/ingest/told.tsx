import { Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import type { IngestWithSecret } from "oxbow/control";
import { Done } from "../../../parts/done.tsx";
import { senders } from "./create-ingest.tsx";

/** Shows what is secret of a URL, the only time that it can be seen. */
export function Told({
  made: { ingest, path, secret },
  onClose,
}: {
  readonly made: IngestWithSecret;
  readonly onClose: () => void;
}) {
  const { verify, hasSecret, name } = ingest;
  return (
    <Done onDone={onClose}>
      {path !== null && <Copied label="URL" text={`${window.location.origin}${path}`} />}
      {secret !== null && <Copied label="Secret" text={secret} />}
      <Text size="sm">
        {path === null && secret === null
          ? `There was ${name} already, as you asked for it: what is secret of it can't be shown again.`
          : "Copy it now: it can't be shown again. If it is lost, make another one."}{" "}
        {verify.kind !== "none" && !hasSecret && senders[verify.kind].about}
      </Text>
    </Done>
  );
}

function Copied({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text fw={500}>{label}</Text>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="light" onClick={copy}>
              {copied ? "Copied" : `Copy the ${label === "URL" ? "URL" : "secret"}`}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {text}
      </Code>
    </Stack>
  );
}
