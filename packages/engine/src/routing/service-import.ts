import type { ImportOptions } from "../options/accounts.ts";
import type { SubjectTransform } from "../subjects/subject-transform.ts";
import type { AccountSharing } from "./account-sharing.ts";
import type { MessageView } from "./message.ts";
import type { ServiceExport } from "./service-export.ts";
import type { SubjectScratch } from "./subject-scratch.ts";
import { Subscription } from "./subscription.ts";

/** Where requests go: to their own subject, to a fixed one, or to what is made of theirs. */
export type ServiceTarget =
  | { readonly t: "same" }
  | { readonly t: "fixed"; readonly subject: Buffer }
  | { readonly t: "transformed"; readonly transform: SubjectTransform };

/** A service of another account: subscribes here in its name. */
export class ServiceImport extends Subscription {
  readonly options: ImportOptions;
  readonly importer: AccountSharing;
  readonly exporter: AccountSharing;
  /** The subject at the exporter, wildcards allowed. */
  readonly to: string;
  /** The export that allows it; `undefined` while none does. */
  service: ServiceExport | undefined;
  /** The export it uses in any case, because the server itself wants it. */
  readonly granted: ServiceExport | undefined;
  readonly #target: ServiceTarget;

  /** @param from - The subject here, wildcards allowed. */
  constructor(
    importer: AccountSharing,
    exporter: AccountSharing,
    options: ImportOptions,
    from: string,
    to: string,
    target: ServiceTarget,
    granted: ServiceExport | undefined,
  ) {
    super(from, "");
    this.options = options;
    this.importer = importer;
    this.exporter = exporter;
    this.to = to;
    this.#target = target;
    this.granted = granted;
    this.service = undefined;
  }

  get isShared(): boolean {
    return this.options.isShared ?? false;
  }

  override deliver(message: MessageView): boolean {
    if (this.isClosed) return false;
    return this.importer.services.forwarder.request(this, message);
  }

  /** Writes where `message` goes into `scratch`; returns `false`, with nothing written, if it keeps its subject. */
  writeSubject(scratch: SubjectScratch, message: MessageView): boolean {
    const target = this.#target;
    if (target.t === "same") return false;
    if (target.t === "fixed") {
      scratch.end = target.subject.copy(scratch.reserve(target.subject.length));
      return true;
    }
    const isRouted = message.isRouted;
    const buffer = isRouted ? message.routeBuffer : message.subjectBuffer;
    const start = isRouted ? message.routeStart : message.subjectStart;
    const end = isRouted ? message.routeEnd : message.subjectEnd;
    const room = scratch.reserve(target.transform.sizeMax(end - start));
    scratch.end = target.transform.write(room, 0, buffer, start, end);
    return true;
  }
}
