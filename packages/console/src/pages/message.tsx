import { Anchor, Breadcrumbs, Card, Skeleton, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { stationQuestion } from "../api/questions.ts";
import type { MessageBody } from "../api/types.ts";
import { Missing } from "../parts/missing.tsx";
import { DeleteDialog } from "./station/messages/delete-dialog.tsx";
import { MessageView } from "./station/messages/message-view.tsx";

const ProduceDialog = lazy(() =>
  import("./station/messages/produce-dialog.tsx").then((module) => ({
    default: module.ProduceDialog,
  })),
);
const messageRoute = getRouteApi("/stations/$station/messages/$partition/$sequence");

/** One message, at an address of its own. */
export function MessagePage() {
  const { station: name, ...place } = messageRoute.useParams();
  const [partition, sequence] = [Number(place.partition), Number(place.sequence)];
  const navigate = useNavigate();
  const { data: station, error } = useQuery(stationQuestion(name));
  const [original, setOriginal] = useState<MessageBody | undefined>();
  const [doomed, setDoomed] = useState<MessageBody | undefined>();
  if (station === undefined) return <Missing error={error} to="/stations" />;
  return (
    <Stack maw={960}>
      <Breadcrumbs>
        <Anchor component={Link} to="/stations">
          Stations
        </Anchor>
        <Anchor
          renderRoot={(props) => (
            <Link to="/stations/$station" params={{ station: name }} {...props} />
          )}
        >
          {name}
        </Anchor>
      </Breadcrumbs>
      <Title order={1} size="h3">
        Message {sequence} of partition {partition}
      </Title>
      <Card withBorder>
        <MessageView
          station={name}
          partition={partition}
          sequence={sequence}
          onResend={setOriginal}
          onDelete={setDoomed}
        />
      </Card>
      {original !== undefined && (
        <Suspense fallback={<Skeleton h={0} />}>
          <ProduceDialog
            station={station}
            original={original}
            onClose={() => setOriginal(undefined)}
          />
        </Suspense>
      )}
      {doomed !== undefined && (
        <DeleteDialog
          station={name}
          messages={[doomed]}
          onClose={() => setDoomed(undefined)}
          onDeleted={() => void navigate({ to: "/stations/$station", params: { station: name } })}
        />
      )}
    </Stack>
  );
}
