import { SegmentedControl, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import { Form } from "../../../parts/form.tsx";

const spans = [
  { value: "600000", label: "10 minutes" },
  { value: "3600000", label: "1 hour" },
  { value: "86400000", label: "1 day" },
  { value: "other", label: "Until …" },
];

/** Asks until when a group is to pause. */
export function PauseForm({
  where,
  onDone,
}: {
  readonly where: string;
  readonly onDone: () => void;
}) {
  const [span, setSpan] = useState("3600000");
  const [time, setTime] = useState("");
  const pause = useMutation({
    mutationFn: () => {
      const until = span === "other" ? new Date(time) : new Date(Date.now() + Number(span));
      return ask("POST", `${where}/pause`, { body: { until: until.toISOString() } });
    },
    onSuccess: onDone,
  });
  return (
    <Form onSubmit={() => pause.mutate()} doing={pause} action="Pause">
      <Text>
        Members get nothing until then, and messages wait. What is in flight can still be
        acknowledged. It can be resumed at any time.
      </Text>
      <SegmentedControl
        aria-label="How long"
        data={spans}
        value={span}
        onChange={setSpan}
        fullWidth
      />
      {span === "other" && (
        <TextInput
          label="Until"
          type="datetime-local"
          value={time}
          onChange={({ currentTarget }) => setTime(currentTarget.value)}
          required
        />
      )}
    </Form>
  );
}
