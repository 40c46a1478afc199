import {
  ActionIcon,
  Badge,
  Button,
  Card,
  Group,
  Menu,
  Modal,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Ingest, IngestWithSecret } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { stationIngestsQuestion } from "../../api/questions.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useWrite } from "../../parts/use-write.ts";
import { CreateIngest, senderOf, senders } from "./ingest/create-ingest.tsx";
import { NewSecret } from "./ingest/new-secret.tsx";
import { Told } from "./ingest/told.tsx";

/** What is asked about one URL, before it is done. */
interface Asked {
  readonly what: "rotate" | "move" | "delete" | "secret";
  readonly ingest: Ingest;
}

/** URLs by which senders of webhooks put messages into the station. */
export function IngestUrls({ station }: { readonly station: string }) {
  const { data: ingests = [], error } = useQuery(stationIngestsQuestion(station));
  const [isOpen, modal] = useDisclosure();
  const [told, setTold] = useState<IngestWithSecret>();
  const [asked, setAsked] = useState<Asked>();
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Ingest URLs
        </Title>
        <Button size="xs" variant="light" leftSection={<IconPlus size={14} />} onClick={modal.open}>
          Create a URL
        </Button>
      </Group>
      <Failure error={error} />
      {ingests.length === 0 ? (
        <Text c="dimmed">
          None. With one, GitHub, Stripe, Slack, or whatever sends webhooks puts messages into this
          station, without a client: what it sends is verified by its signature first.
        </Text>
      ) : (
        <Stack gap="xs">
          {ingests.map((ingest) => (
            <Row key={ingest.name} ingest={ingest} onAsk={(what) => setAsked({ what, ingest })} />
          ))}
        </Stack>
      )}
      <Modal opened={isOpen} onClose={modal.close} title="Create an ingest URL">
        <CreateIngest
          station={station}
          onMade={(made) => {
            modal.close();
            setTold(made);
          }}
        />
      </Modal>
      <Modal
        opened={told !== undefined}
        onClose={() => setTold(undefined)}
        title="Told this once"
        closeOnClickOutside={false}
        size="lg"
      >
        {told !== undefined && <Told made={told} onClose={() => setTold(undefined)} />}
      </Modal>
      {asked !== undefined && (
        <Act
          key={asked.ingest.name + asked.what}
          asked={asked}
          onClose={() => setAsked(undefined)}
          onTold={setTold}
        />
      )}
    </Card>
  );
}

function Row({
  ingest,
  onAsk,
}: {
  readonly ingest: Ingest;
  readonly onAsk: (what: Asked["what"]) => void;
}) {
  const { station, name, description, verify, isPaused, hasSecret } = ingest;
  const pause = useWrite(
    () =>
      ask("PATCH", path`/stations/${station}/ingest/${name}`, { body: { isPaused: !isPaused } }),
    { stale: { queryKey: ["station", station, "ingest"] } },
  );
  const isSigned = verify.kind !== "none";
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <Group gap="xs" miw={0}>
          <Text fw={500}>{name}</Text>
          <Badge variant="default">{senderOf(verify.kind)}</Badge>
          {isPaused && <Badge color="yellow">paused</Badge>}
          {isSigned && !hasSecret && <Badge color="red">needs its secret</Badge>}
        </Group>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" aria-label={`What to do with ${name}`}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => pause.mutate()}>{isPaused ? "Resume" : "Pause"}</Menu.Item>
            {isSigned && senders[verify.kind].isSecretMadeHere && (
              <Menu.Item onClick={() => onAsk("rotate")}>Make another secret</Menu.Item>
            )}
            {isSigned && <Menu.Item onClick={() => onAsk("secret")}>Set its secret</Menu.Item>}
            <Menu.Item onClick={() => onAsk("move")}>Make another URL</Menu.Item>
            <Menu.Item c="red" onClick={() => onAsk("delete")}>
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      {description !== "" && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {description}
        </Text>
      )}
      {ingest.oldSecretUntil !== null && <Old what="secret before" until={ingest.oldSecretUntil} />}
      {ingest.oldUrlUntil !== null && <Old what="URL before" until={ingest.oldUrlUntil} />}
      <Failure error={pause.error} />
    </Stack>
  );
}

function Old({ what, until }: { readonly what: string; readonly until: string }) {
  return (
    <Text size="sm" c="dimmed">
      The {what} is taken too, until {new Date(until).toLocaleString()}.
    </Text>
  );
}

/** What is asked, and what is done then. */
function Act({
  asked: { what, ingest },
  onClose,
  onTold,
}: {
  readonly asked: Asked;
  readonly onClose: () => void;
  readonly onTold: (made: IngestWithSecret) => void;
}) {
  const { station, name } = ingest;
  const place = path`/stations/${station}/ingest/${name}`;
  const act = useWrite(
    async () => {
      if (what === "delete") return ask<undefined>("DELETE", place).then(() => undefined);
      const body = { what: what === "move" ? "url" : "secret" };
      return ask<IngestWithSecret>("POST", `${place}/rotate`, { body });
    },
    {
      stale: { queryKey: ["station", station, "ingest"] },
      onDone: (made) => {
        onClose();
        if (made !== undefined) onTold(made);
      },
    },
  );
  if (what === "secret") return <NewSecret ingest={ingest} onClose={onClose} />;
  const { title, action, text } = questions[what];
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={title}
      action={action}
      onConfirm={() => act.mutate()}
      isPending={act.isPending}
      error={act.error}
      isDestructive={what === "delete"}
    >
      <Text>
        <b>{name}</b>: {text}
      </Text>
    </Confirm>
  );
}

const questions = {
  rotate: {
    title: "Make another secret",
    action: "Make another secret",
    text: "requests are to be signed with the new secret. The one before is taken for a day, so that the sender can be told.",
  },
  move: {
    title: "Make another URL",
    action: "Make another URL",
    text: "the sender is to ask the new URL. The one before is taken for a day.",
  },
  delete: {
    title: "Delete the ingest URL",
    action: "Delete",
    text: "nothing is taken by this URL any more, and senders are answered that there is none. Messages that came stay.",
  },
} as const;
