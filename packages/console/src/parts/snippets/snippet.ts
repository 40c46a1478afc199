/** Where code is to work, and as whom. */
export interface SnippetPlace {
  /** Where clients of NATS connect: `nats://127.0.0.1:4222`. */
  readonly natsUrl: string;
  /** Where HTTP is served: `http://127.0.0.1:9000`. */
  readonly httpUrl: string;
  readonly station: string;
  /** The stream of its first partition, which is its subject, too. */
  readonly stream: string;
  readonly partitions: number;
  /** Whether it was made as a station; a stream of a plain client has subjects of its own. */
  readonly isManaged: boolean;
  /** An access key; `undefined` where none is asked for. */
  readonly token: string | undefined;
}

/** Code in one language, which works as it is when it is pasted. */
export interface Snippet {
  readonly id: string;
  readonly label: string;
  /** What has to be installed first; `undefined` for nothing. */
  readonly install: string | undefined;
  readonly produce: string;
  readonly consume: string;
  /** Where each is put, and how it is run. */
  readonly run: { readonly produce: string; readonly consume: string };
  /** Whether it knows partitions, and streams with other subjects than their name. */
  readonly isOfOxbow: boolean;
}

/** Where its packages and commands are there already. */
export const atHome = "in the directory that Oxbow was started from with npm";

/** The group that messages are consumed for. */
export const snippetGroup = "first-steps";
/** The durable consumer of clients that know no groups. */
export const snippetConsumer = "first-steps-nats";

/** How a file with that ending is run by a command. */
export function savedAs(ending: string, command: string): Snippet["run"] {
  const told = (name: string): string =>
    `save it as ${name}.${ending}, then: ${command} ${name}.${ending}`;
  return { produce: told("produce"), consume: told("consume") };
}

/** How lines of a shell are run, maybe not everywhere. */
export function inTerminal(where = ""): Snippet["run"] {
  return { produce: `in a terminal${where}`, consume: `in a terminal${where}` };
}

/** Stands for an access key that is not there yet. */
export const keyPlaceholder = "oxk_YOUR_ACCESS_KEY";
