import type { EntryBody } from "@oxbow/gateways/http/contract";

interface Words {
  readonly title: string;
  readonly look: { readonly color?: string };
}

/** What has happened to a key. */
export const operationWords: Readonly<Record<EntryBody["operation"], Words>> = {
  put: { title: "put", look: {} },
  delete: { title: "deleted", look: { color: "red" } },
  purge: { title: "purged", look: { color: "red" } },
};
