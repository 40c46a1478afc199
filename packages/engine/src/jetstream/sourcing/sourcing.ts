import type { DurableState } from "@oxbow/log";
import type { JsonValue } from "../../json/shape.ts";
import { accountKey } from "../account-key.ts";
import type { StreamConfig, StreamSource } from "../config/stream-config.ts";
import type { JetStreamServices } from "../services.ts";
import { DirectGet } from "../stream/direct-get.ts";
import type { Stream } from "../stream/stream.ts";
import { nameHash, type Requester, requesterId } from "./consumer-request.ts";
import { findPositions } from "./find-positions.ts";
import { Mirror } from "./mirror.ts";
import { describeOrigin } from "./origin-info.ts";
import { Source } from "./source.ts";
import { SourceName } from "./source-name.ts";
import { SourcePositions } from "./source-positions.ts";

/** What feeds a stream beside its publishers: the stream that it mirrors, or those that are its sources. */
export class Sourcing {
  readonly #services: JetStreamServices;
  readonly #stream: Stream;
  readonly #requester: Requester;
  readonly #sources: Map<string, Source> = new Map();
  #mirror: Mirror | undefined;
  #mirrorDirect: DirectGet | undefined;
  #positions: SourcePositions | undefined;
  #isSearching = false;
  #isClosed = false;

  constructor(services: JetStreamServices, stream: Stream) {
    this.#services = services;
    this.#stream = stream;
    const { account, server } = services;
    this.#requester = { stream: stream.name, account: account.name, domain: server.domain };
  }

  /** Follows the stream's configuration: begins with what is new, and ends what is there no more. */
  configure(config: StreamConfig): void {
    this.#configureMirror(config);
    this.#configureSources(config);
  }

  /** What answers say of the origins. */
  info(): { readonly mirror?: JsonValue; readonly sources?: JsonValue } {
    if (this.#mirror !== undefined) return { mirror: describeOrigin(this.#mirror) };
    if (this.#sources.size === 0) return {};
    return { sources: [...this.#sources.values()].map((source) => describeOrigin(source)) };
  }

  /** Ends it; what is known of the sources stays in the store. */
  close(): void {
    this.#isClosed = true;
    this.#mirror?.link.close();
    this.#mirrorDirect?.close();
    this.#mirrorDirect = undefined;
    for (const source of this.#sources.values()) source.close();
  }

  /** The same, for good. */
  delete(): void {
    this.close();
    this.#mirror?.link.release();
    for (const { link } of this.#sources.values()) link.release();
    this.#positions?.delete();
  }

  #configureMirror({ mirror, mirror_direct: isDirect }: StreamConfig): void {
    if (!isDirect || mirror === null) {
      this.#mirrorDirect?.close();
      this.#mirrorDirect = undefined;
    }
    if (mirror === null) {
      this.#mirror?.link.release();
      this.#mirror = undefined;
      return;
    }
    if (this.#mirror !== undefined) {
      this.#answerForMirrored();
      return;
    }
    this.#mirror = new Mirror(this.#services, this.#stream, this.#requester, mirror, () =>
      this.#answerForMirrored(),
    );
    this.#mirror.link.open();
  }

  /** A mirror that has caught up answers direct gets of its origin, if it may. */
  #answerForMirrored(): void {
    const { mirror, mirror_direct: isDirect } = this.#stream.config;
    if (this.#mirrorDirect !== undefined || !isDirect || mirror === null) return;
    this.#mirrorDirect = new DirectGet(this.#stream, this.#services, mirror.name);
    this.#mirrorDirect.open();
  }

  #configureSources({ sources }: StreamConfig): void {
    const ids = new Set(sources.map((origin) => new SourceName(origin).id));
    for (const [id, source] of this.#sources) {
      if (ids.has(id)) continue;
      source.close();
      source.link.release();
      this.#sources.delete(id);
    }
    if (sources.length === 0) return;
    const isKnown = this.#positions !== undefined || this.#storedState !== undefined;
    if (isKnown || this.#stream.log.count === 0) this.#begin(sources, new Map());
    else this.#search([...ids]);
  }

  /** @param found - How far the stream has come, where the store does not know it. */
  #begin(sources: readonly StreamSource[], found: ReadonlyMap<string, number>): void {
    const positions = this.#knownPositions();
    for (const [id, sequence] of found) positions.set(id, sequence);
    const names = sources.map((origin) => new SourceName(origin));
    positions.prune(new Set(names.map(({ id }) => id)));
    for (const [index, origin] of sources.entries()) {
      const name = names[index] as SourceName;
      if (!this.#sources.has(name.id)) this.#add(name, origin, positions, sources).link.open();
    }
  }

  #add(
    name: SourceName,
    origin: StreamSource,
    positions: SourcePositions,
    all: readonly StreamSource[],
  ): Source {
    const id = requesterId(this.#requester);
    const isOnly = all.filter((other) => other.name === origin.name).length === 1;
    const source = new Source({
      services: this.#services,
      context: this.#stream,
      positions,
      requester: this.#requester,
      origin,
      name,
      consumerName: `JS_SRC_${nameHash(isOnly ? id : `${id} ${name.id}`)}`,
    });
    this.#sources.set(name.id, source);
    return source;
  }

  get #stateKey(): string {
    return `sources/${accountKey(this.#services.account.name)}/${this.#stream.name}`;
  }

  get #storedState(): DurableState | undefined {
    return this.#services.store.state(this.#stateKey);
  }

  #knownPositions(): SourcePositions {
    if (this.#positions !== undefined) return this.#positions;
    const nothing = { encodeSnapshot: () => {}, encodeDelta: () => {} };
    const state =
      this.#stream.config.storage === "file"
        ? (this.#storedState ?? this.#services.store.createState(this.#stateKey, nothing))
        : undefined;
    this.#positions = new SourcePositions(state);
    return this.#positions;
  }

  #search(ids: readonly string[]): void {
    if (this.#isSearching) return;
    this.#isSearching = true;
    const { log, name: stream } = this.#stream;
    findPositions(log, ids).then(
      (found) => {
        this.#isSearching = false;
        if (!this.#isClosed) this.#begin(this.#stream.config.sources, found);
      },
      (error: Error) => {
        this.#isSearching = false;
        const what = { stream, error: error.message };
        this.#services.logger.error(what, "how far a stream has come in its sources is unknown");
      },
    );
  }
}
