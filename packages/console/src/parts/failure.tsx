import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

/** What went wrong, in the words of the server. */
export function Failure({ error }: { readonly error: Error | null | undefined }) {
  if (error === null || error === undefined) return null;
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title="That did not work"
      role="alert"
    >
      {error.message}
    </Alert>
  );
}
