import type { ImportOptions } from "../options/accounts.ts";
import { hasWildcard, isValidLiteral, isValidSubject } from "../subjects/subject.ts";
import {
  compileReversibleTransform,
  tokenizeWildcards,
  untokenizeDestination,
} from "../subjects/subject-transform.ts";
import type { AccountSharing } from "./account-sharing.ts";
import { serviceCycle, streamCycle } from "./import-cycles.ts";
import type { ServiceExport } from "./service-export.ts";
import { ServiceImport, type ServiceTarget } from "./service-import.ts";
import { Shadows } from "./shadows.ts";
import { StreamImport } from "./stream-import.ts";

/** An import that was left out. */
export interface ImportProblem {
  readonly wanted: ImportOptions;
  /** In the words of nats-server. */
  readonly text: string;
}

/** What an account gets from others. */
export class AccountImports {
  services: ServiceImport[] = [];
  streams: StreamImport[] = [];
  readonly shadows: Shadows;
  readonly #sharing: AccountSharing;
  /** What {@link remember} was told. */
  #remembered: string | undefined = undefined;

  constructor(sharing: AccountSharing) {
    this.#sharing = sharing;
    this.shadows = new Shadows(this, sharing);
  }

  /**
   * Imports `wanted` beside what is imported already.
   *
   * @param find - The exporting account of a name.
   * @returns What could not be imported, and why.
   */
  addAll(
    wanted: readonly ImportOptions[],
    find: (name: string) => AccountSharing | undefined,
  ): ImportProblem[] {
    const problems: ImportProblem[] = [];
    for (const options of wanted) {
      const problem = this.add(options, find(options.account));
      if (problem !== undefined) problems.push({ wanted: options, text: problem });
    }
    if (wanted.some(({ kind }) => kind === "stream")) this.shadows.rebuild();
    return problems;
  }

  /** Whether `wanted` is what it imports already, from the accounts that `find` gives. */
  holds(
    wanted: readonly ImportOptions[],
    find: (name: string) => AccountSharing | undefined,
  ): boolean {
    return (
      this.#remembered === JSON.stringify(wanted) &&
      [...this.services, ...this.streams].every(
        ({ exporter }) => find(exporter.account.name) === exporter,
      )
    );
  }

  /** `wanted` is what it imports now, without exception. */
  remember(wanted: readonly ImportOptions[]): void {
    this.#remembered = JSON.stringify(wanted);
  }

  /** Imports nothing any more. */
  clear(): void {
    this.#remembered = undefined;
    for (const service of this.services) this.#sharing.account.unsubscribe(service);
    this.services = [];
    this.streams = [];
    this.shadows.rebuild();
  }

  /**
   * Imports one thing more. Whoever adds streams has to rebuild the shadows.
   *
   * @param granted - The export it uses, if the server itself wants it and needs nobody's permission.
   * @returns Why it could not.
   */
  add(
    options: ImportOptions,
    exporter: AccountSharing | undefined,
    granted?: ServiceExport,
  ): string | undefined {
    if (exporter === undefined) {
      return `${JSON.stringify(options.account)} account not defined for ${options.kind} import`;
    }
    try {
      if (options.kind === "stream") this.#addStream(options, exporter);
      else this.#addService(options, exporter, granted);
      return undefined;
    } catch (error) {
      const subject = JSON.stringify(options.subject);
      return `Error adding ${options.kind} import ${subject}: ${(error as Error).message}`;
    }
  }

  /** Asks the exporters again what they allow. */
  revalidate(): void {
    const { name } = this.#sharing.account;
    const { isActivated } = this.#sharing.services;
    for (const service of this.services) {
      const { exporter, options, granted } = service;
      const isAllowed = exporter.exports.allows(name, options, isActivated);
      service.service = granted ?? (isAllowed ? exporter.exports.service(service.to) : undefined);
    }
    let haveStreamsChanged = false;
    for (const stream of this.streams) {
      const isValid = stream.exporter.exports.allows(name, stream.options, isActivated);
      if (isValid !== stream.isValid) haveStreamsChanged = true;
      stream.isValid = isValid;
    }
    if (haveStreamsChanged) this.shadows.rebuild();
  }

  #addService(
    options: ImportOptions,
    exporter: AccountSharing,
    granted: ServiceExport | undefined,
  ): void {
    const sharing = this.#sharing;
    const { name } = sharing.account;
    const wantedFrom = options.to || options.subject;
    const wantedTo = options.subject;
    if (!isValidSubject(wantedFrom) || !isValidSubject(wantedTo)) {
      throw new Error("invalid subject");
    }
    const { isActivated } = sharing.services;
    if (granted === undefined && !exporter.exports.allows(name, options, isActivated)) {
      throw new Error("service import not authorized");
    }
    const followed = hasWildcard(wantedTo) ? untokenizeDestination(wantedFrom).pattern : wantedFrom;
    const cycle = serviceCycle(sharing, exporter, followed);
    if (cycle !== undefined) throw new Error(cycle);
    const { from, to, target } = serviceTarget(wantedFrom, wantedTo);
    const twin = this.services.find(
      (other) =>
        other.exporter === exporter && (other.subject === wantedFrom || other.subject === from),
    );
    if (twin !== undefined) {
      const before = `previously used in import for account ${quote(exporter.account.name)}`;
      throw new Error(
        `duplicate service import subject ${quote(wantedFrom)}, ${before}, subject ${quote(twin.to)}`,
      );
    }
    const added = new ServiceImport(sharing, exporter, options, from, to, target, granted);
    added.service = granted ?? exporter.exports.service(wantedTo);
    this.services.push(added);
    sharing.account.subscribe(added);
  }

  #addStream(options: ImportOptions, exporter: AccountSharing): void {
    const sharing = this.#sharing;
    const from = options.subject;
    const isAllowed =
      isValidSubject(from) &&
      exporter.exports.allows(sharing.account.name, options, sharing.services.isActivated);
    if (!isAllowed) throw new Error("stream import not authorized");
    const wantedTo = options.prefix ? withPrefix(options.prefix, from) : options.to || from;
    const cycle = streamCycle(sharing, exporter, wantedTo) ?? streamCycle(sharing, exporter, from);
    if (cycle !== undefined) throw new Error(cycle);
    const isMapped = hasWildcard(from) && wantedTo !== from;
    const transform = isMapped ? streamTransform(from, wantedTo) : undefined;
    const to = isMapped ? untokenizeDestination(wantedTo).pattern : wantedTo;
    if (this.streams.some((other) => other.exporter === exporter && other.from === from)) {
      throw new Error("stream import already exists");
    }
    this.streams.push(new StreamImport(exporter, options, to, transform));
  }
}

/** Where requests on `from` go, and the two subjects with wildcards in place of placeholders. */
function serviceTarget(
  from: string,
  to: string,
): { from: string; to: string; target: ServiceTarget } {
  if (!hasWildcard(to)) {
    return { from, to, target: { t: "fixed", subject: Buffer.from(to) } };
  }
  if (from === to) return { from, to, target: { t: "same" } };
  const source = untokenizeDestination(to).pattern;
  try {
    const transform = compileReversibleTransform(source, tokenizeWildcards(from)).reverse();
    const pattern = untokenizeDestination(from).pattern;
    return { from: pattern, to: source, target: { t: "transformed", transform } };
  } catch (error) {
    throw transformProblem("service", from, source, error as Error);
  }
}

function streamTransform(from: string, to: string): ReturnType<typeof compileReversibleTransform> {
  try {
    return compileReversibleTransform(from, tokenizeWildcards(to));
  } catch (error) {
    throw transformProblem("stream", from, to, error as Error);
  }
}

function transformProblem(kind: string, from: string, to: string, cause: Error): Error {
  const what = `failed to create mapping transform for ${kind} import subject`;
  return new Error(`${what} from ${quote(from)} to ${quote(to)}: ${cause.message}`, { cause });
}

function withPrefix(prefix: string, subject: string): string {
  const literal = prefix.endsWith(".") ? prefix.slice(0, -1) : prefix;
  if (!isValidLiteral(literal)) {
    throw new Error("stream import prefix can not contain wildcard tokens");
  }
  return `${literal}.${subject}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
