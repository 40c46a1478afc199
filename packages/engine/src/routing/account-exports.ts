import type { Clock } from "@oxbow/base";
import { engineError } from "../errors.ts";
import type { ExportOptions, ImportOptions } from "../options/accounts.ts";
import { isValidLiteral, subjectIsSubset } from "../subjects/subject.ts";
import { type ActivationCheck, mayImport } from "./export-access.ts";
import { ServiceExport } from "./service-export.ts";

/** What an account offers to others. */
export class AccountExports {
  readonly #accountName: string;
  readonly #clock: Clock;
  #streams: Map<string, ExportOptions> = new Map();
  #services: Map<string, ServiceExport> = new Map();

  constructor(accountName: string, clock: Clock) {
    this.#accountName = accountName;
    this.#clock = clock;
  }

  /**
   * Offers `exports` and nothing else from now on. What is offered as before goes on undisturbed.
   *
   * @throws `ENGINE_OPTION_INVALID` with the text of nats-server, and then nothing is changed.
   */
  replace(exports: readonly ExportOptions[]): void {
    const streams = new Map<string, ExportOptions>();
    const services = new Map<string, ExportOptions>();
    for (const offered of exports) {
      checkTokenPosition(offered);
      (offered.kind === "stream" ? streams : services).set(offered.subject, offered);
    }
    for (const offered of services.values()) checkLatency(offered, services);
    const before = this.#services;
    this.#streams = streams;
    this.#services = new Map();
    for (const options of services.values()) {
      const service = before.get(options.subject) ?? new ServiceExport(options, this.#clock);
      service.options = options;
      this.#services.set(options.subject, service);
    }
    for (const service of before.values()) {
      if (!services.has(service.subject)) service.close();
    }
  }

  /** What is offered now. */
  get offered(): readonly ExportOptions[] {
    const services = [...this.#services.values()].map(({ options }) => options);
    return [...services, ...this.#streams.values()];
  }

  /** The service offered on `subject` itself, or else on one with wildcards that covers it. */
  service(subject: string): ServiceExport | undefined {
    const exact = this.#services.get(subject);
    if (exact !== undefined) return exact;
    for (const service of this.#services.values()) {
      if (subjectIsSubset(subject, service.subject)) return service;
    }
    return undefined;
  }

  /** Whether a stream is offered that covers `subject`. */
  hasStream(subject: string): boolean {
    for (const offered of this.#streams.keys()) if (subjectIsSubset(subject, offered)) return true;
    return false;
  }

  /** Whether the account called `importer` may have what it wants. */
  allows(
    importer: string,
    wanted: ImportOptions,
    isActivated: ActivationCheck | undefined,
  ): boolean {
    const { subject, kind } = wanted;
    const exact = kind === "stream" ? this.#streams.get(subject) : this.#serviceOptions(subject);
    if (exact !== undefined) {
      return mayImport(this.#accountName, exact, importer, wanted, undefined, isActivated);
    }
    const offers = kind === "stream" ? this.#streams.keys() : this.#services.keys();
    for (const offer of offers) {
      if (!subjectIsSubset(subject, offer)) continue;
      const options = kind === "stream" ? this.#streams.get(offer) : this.#serviceOptions(offer);
      const tokens = subject.split(".");
      return mayImport(
        this.#accountName,
        options as ExportOptions,
        importer,
        wanted,
        tokens,
        isActivated,
      );
    }
    return false;
  }

  close(): void {
    for (const service of this.#services.values()) service.close();
  }

  #serviceOptions(subject: string): ExportOptions | undefined {
    return this.#services.get(subject)?.options;
  }
}

/**
 * What of `exports` can be offered, as `nats-server` does it where a JWT asks for something that can't be: without a
 * latency that can't be measured, and without what has no place for the importer's name. Also what was wrong.
 */
export function workableExports(exports: readonly ExportOptions[]): {
  readonly exports: readonly ExportOptions[];
  readonly problems: readonly string[];
} {
  const services = new Map(
    exports.filter(({ kind }) => kind === "service").map((one) => [one.subject, one]),
  );
  const problems: string[] = [];
  const works = (check: () => void): boolean => {
    try {
      check();
      return true;
    } catch (error) {
      problems.push((error as Error).message);
      return false;
    }
  };
  const offered = exports
    .filter((one) => works(() => checkTokenPosition(one)))
    .map((one) =>
      works(() => checkLatency(one, services)) ? one : { ...one, latency: undefined },
    );
  return { exports: offered, problems };
}

function checkTokenPosition(offered: ExportOptions): void {
  const { accountTokenPosition: position = 0, subject, kind } = offered;
  if (position === 0) return;
  const tokens = subject.split(".");
  if (tokens[position - 1] === "*") return;
  throw exportError(`${kind} export`, subject, "invalid subject");
}

function checkLatency(offered: ExportOptions, services: ReadonlyMap<string, ExportOptions>): void {
  const { latency, subject, responseType = "singleton" } = offered;
  if (latency === undefined) return;
  const { samplingPercent, subject: results } = latency;
  const what = "service latency sampling for";
  const where = `${JSON.stringify(subject)} on subject`;
  const isPercent =
    samplingPercent === "headers" || (samplingPercent >= 1 && samplingPercent <= 100);
  if (!isPercent) {
    throw latencyError(what, where, results, "bad sampling percentage, should be 1-100");
  }
  const isOwnService = [...services.keys()].some((service) => subjectIsSubset(results, service));
  if (!isValidLiteral(results) || isOwnService) {
    throw latencyError(what, where, results, "invalid publish subject");
  }
  if (responseType !== "singleton") {
    throw latencyError(what, where, results, "bad service response type");
  }
}

function latencyError(what: string, where: string, results: string, text: string): Error {
  const message = `Error adding ${what} ${where} ${JSON.stringify(results)}: ${text}`;
  return engineError("ENGINE_OPTION_INVALID", message);
}

function exportError(what: string, subject: string, text: string): Error {
  const message = `Error adding ${what} ${JSON.stringify(subject)}: ${text}`;
  return engineError("ENGINE_OPTION_INVALID", message);
}
