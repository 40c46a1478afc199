import type { Clock, Logger, Timer } from "@oxbow/base";
import { type Schemas, stationToken } from "@oxbow/platform";
import { firstMessageOf } from "./first-message.ts";

/** How long it waits before it listens again, when what it listened to has broken off. */
const againMs = 1_000;

/** A schema as SDKs are told of it. */
export interface SchemaUpdate {
  /** Empty if there is none. */
  readonly schema_name: string;
  readonly active_version: {
    readonly version_number: number;
    readonly descriptor: string;
    readonly schema_content: string;
    readonly message_struct_name: string;
  };
  readonly type: string;
}

const noSchema: SchemaUpdate = {
  schema_name: "",
  active_version: {
    version_number: 0,
    descriptor: "",
    schema_content: "",
    message_struct_name: "",
  },
  type: "",
};

/** Tells clients which schema a station has, and when it becomes another one. */
export class SchemaNews {
  readonly #open: () => Promise<Schemas>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #push: (subject: string, text: string) => void;
  readonly #told = new Map<string, SchemaUpdate>();
  readonly #stop = new AbortController();
  #again: Timer | undefined = undefined;
  #isListening = false;
  /** Refreshes follow each other, so that what was read last is told last. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param push - Sends something to all clients of this node that have subscribed to the subject. */
  constructor(
    open: () => Promise<Schemas>,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
    push: (subject: string, text: string) => void,
  ) {
    this.#open = open;
    this.#clock = clock;
    this.#logger = logger;
    this.#push = push;
  }

  /** Tells from now on what changes, whoever changes it. */
  listen(): void {
    if (this.#isListening || this.#stop.signal.aborted) return;
    this.#isListening = true;
    this.#listen()
      .catch((error: unknown) =>
        this.#logger.warn({ err: error }, "schemas of Memphis clients are not up to date"),
      )
      .finally(() => {
        this.#isListening = false;
        if (this.#stop.signal.aborted) return;
        this.#again = this.#clock.setTimer(againMs, () => this.listen());
      });
  }

  /** The schema of a station now. */
  async current(station: string): Promise<SchemaUpdate> {
    const schemas = await this.#open();
    const attachment = await schemas.attachment(station);
    // A message that does not fit is let in with `warn`, which an SDK that knew the schema would not do.
    if (attachment === undefined || attachment.mode === "warn") return noSchema;
    const { schema: name, version, encoding } = attachment;
    const schema = await schemas.find(name);
    const number = version === "active" ? schema?.activeVersion : version;
    if (schema === undefined || number === undefined || encoding === "binary") return noSchema;
    const { text, references = [], messageName } = await schemas.definition(name, number);
    // SDKs have nothing but the text; the station's own check knows the rest.
    if (references.length > 0) return noSchema;
    const isProtobuf = schema.format === "protobuf";
    return {
      schema_name: name,
      active_version: {
        version_number: number,
        descriptor: "",
        schema_content: text,
        message_struct_name: isProtobuf ? (messageName ?? firstMessageOf(text)) : "",
      },
      type: schema.format,
    };
  }

  /** Tells everybody which schema a station has now. */
  refresh(station: string): Promise<void> {
    const refreshed = this.#last.then(async () => {
      const update = await this.current(station);
      const before = this.#told.get(station) ?? noSchema;
      if (JSON.stringify(before) === JSON.stringify(update)) return;
      if (update.schema_name === "") this.#told.delete(station);
      else this.#told.set(station, update);
      this.#push(subjectOf(stationToken(station)), textOf(update));
    });
    this.#last = refreshed.catch(() => undefined);
    return refreshed;
  }

  /** What somebody is to be told at once who has subscribed to a subject: what may have changed before. */
  greeting(subject: string): string | undefined {
    const update = this.#told.get(subject.slice(subjectOf("").length).replaceAll("#", "."));
    return update === undefined ? undefined : textOf(update);
  }

  /** Forgets what a station that is deleted had. */
  async detach(station: string): Promise<void> {
    await (await this.#open()).detach(station);
    await this.refresh(station);
  }

  stop(): void {
    this.#stop.abort();
    this.#again?.cancel();
  }

  async #listen(): Promise<void> {
    const schemas = await this.#open();
    const { signal } = this.#stop;
    const seen = new Set<string>();
    let isFirst = true;
    for await (const { station } of schemas.watchPolicies(signal)) {
      if (station !== undefined) {
        seen.add(station);
        await this.refresh(station);
        continue;
      }
      // What is not there any more has gone while nobody listened.
      for (const gone of isFirst ? [...this.#told.keys()].filter((each) => !seen.has(each)) : []) {
        await this.refresh(gone);
      }
      isFirst = false;
    }
  }
}

export function subjectOf(station: string): string {
  return `$memphis_schema_updates_${station}`;
}

/** With a schema it is set, without one dropped; SDKs look at its name in any case. */
function textOf(init: SchemaUpdate): string {
  return JSON.stringify({ UpdateType: init.schema_name === "" ? 2 : 1, init });
}
