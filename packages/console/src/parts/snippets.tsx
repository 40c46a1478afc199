import { Button, Code, Stack, Tabs, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { AccessKeyWithSecret } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../api/ask.ts";
import { callerQuestion } from "../api/caller-question.ts";
import { endpointsQuestion } from "../api/questions.ts";
import type { Endpoints } from "../api/types.ts";
import { Failure } from "./failure.tsx";
import { Pasted } from "./pasted.tsx";
import { atHome, keyPlaceholder, type Snippet, type SnippetPlace } from "./snippets/snippet.ts";
import { snippetsFor } from "./snippets/snippets.ts";

/** The station that code is for. */
type SnippetStation = Pick<SnippetPlace, "partitions" | "isManaged"> & {
  readonly name: string;
};

/** Code that works when it is pasted, for a station of this server. */
export function Snippets({ station }: { readonly station: SnippetStation }) {
  const { data: endpoints, error } = useQuery(endpointsQuestion);
  const [key, setKey] = useState<string>();
  if (endpoints === undefined) return <Failure error={error} />;
  const isKeyNeeded = endpoints.nats.isAuthRequired;
  const place = placeOf(station, endpoints, isKeyNeeded ? (key ?? keyPlaceholder) : undefined);
  const snippets = snippetsFor(place);
  return (
    <Stack>
      {isKeyNeeded && (
        <AccessKey station={station.name} hasKey={key !== undefined} onKey={setKey} />
      )}
      <Tabs defaultValue="oxbow" variant="outline" keepMounted={false}>
        <Tabs.List>
          {snippets.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets.map((snippet) => (
          <Tabs.Panel key={snippet.id} value={snippet.id} pt="sm">
            <Shown snippet={snippet} place={place} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}

function Shown({ snippet, place }: { readonly snippet: Snippet; readonly place: SnippetPlace }) {
  const { install, produce, consume, isOfOxbow, run } = snippet;
  const isOneOfMany = !isOfOxbow && place.partitions > 1;
  return (
    <Stack>
      {install !== undefined && (
        <Pasted
          title="Install"
          code={install}
          {...(isOfOxbow && { hint: `not needed ${atHome}` })}
        />
      )}
      {place.isManaged ? (
        <Pasted title="Produce" code={produce} hint={run.produce} />
      ) : (
        <Text size="sm" c="dimmed">
          A plain client made this stream, with subjects of its own: messages are published to
          those.
        </Text>
      )}
      <Pasted title="Consume" code={consume} hint={run.consume} />
      {isOneOfMany && (
        <Text size="sm" c="dimmed">
          That is partition 1 of {place.partitions}: clients of NATS take each by its own stream.
          Oxbow's client, the command line and HTTP take them all.
        </Text>
      )}
    </Stack>
  );
}

/** Offers a user with an access key that may use this station, and nothing else. */
function AccessKey({
  station,
  hasKey,
  onKey,
}: {
  readonly station: string;
  readonly hasKey: boolean;
  readonly onKey: (key: string) => void;
}) {
  const { data: caller } = useQuery(callerQuestion);
  const make = useMutation({
    mutationFn: async () => {
      const user = `${station}-app`.toLowerCase();
      const description = `Programs that use ${station}, of its code page`;
      const body = { read: [station], write: [station], description };
      await ask("PUT", path`/users/${user}`, { body });
      return ask<AccessKeyWithSecret>("POST", path`/users/${user}/keys`, { body: { description } });
    },
    onSuccess: ({ secret }) => onKey(secret),
  });
  if (hasKey) {
    return (
      <Text size="sm">
        The code has a new access key, which may use {station} and nothing else. It is shown this
        once: keep it where your program finds it.
      </Text>
    );
  }
  const mayMake = (["user.create", "user.addKey"] as const).every((operation) =>
    caller?.operations.includes(operation),
  );
  return (
    <Stack gap="xs" align="start">
      <Text size="sm">
        This server asks who connects. The code needs an access key in the place of{" "}
        <Code>{keyPlaceholder}</Code>
        {mayMake ? ":" : ", which an admin gives you."}
      </Text>
      {mayMake && (
        <Button size="xs" onClick={() => make.mutate()} loading={make.isPending}>
          Make an access key for {station}
        </Button>
      )}
      <Failure error={make.error} />
    </Stack>
  );
}

function placeOf(
  { name, partitions, isManaged }: SnippetStation,
  { nats }: Endpoints,
  token: string | undefined,
): SnippetPlace {
  const { origin, hostname } = window.location;
  return {
    natsUrl: `${nats.isEncrypted ? "tls" : "nats"}://${hostname}:${nats.port}`,
    httpUrl: origin,
    station: name,
    stream: isManaged ? streamOf(name, partitions) : name,
    partitions,
    isManaged,
    token,
  };
}

/** The stream of the first partition: a dot would end a token of its subject. */
function streamOf(station: string, partitions: number): string {
  return `${station.replaceAll(".", "#")}${partitions > 1 ? "$1" : ""}`;
}
