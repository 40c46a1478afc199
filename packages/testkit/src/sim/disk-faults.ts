/** Any site: counts and faults of every operation together. */
export const ANY_SITE = "*";

interface PlannedFault {
  readonly callNumber: number;
  readonly code: string;
  readonly isSticky: boolean;
}

/** Which operations of a simulated disk fail, and which are slow. */
export class DiskFaults {
  readonly #callCounts = new Map<string, number>();
  readonly #planned = new Map<string, PlannedFault[]>();
  readonly #slow = new Map<string, number>();

  failAt(site: string, callNumber: number, code: string, isSticky: boolean): void {
    const faults = this.#planned.get(site) ?? [];
    faults.push({ callNumber, code, isSticky });
    this.#planned.set(site, faults);
  }

  slow(site: string, extraMs: number): void {
    this.#slow.set(site, extraMs);
  }

  callCount(site: string): number {
    return this.#callCounts.get(site) ?? 0;
  }

  extraMs(site: string): number {
    return (this.#slow.get(site) ?? 0) + (this.#slow.get(ANY_SITE) ?? 0);
  }

  /** Counts a call in; gives the code it is to fail with, if it is. */
  next(site: string): string | undefined {
    return this.#count(site) ?? this.#count(ANY_SITE);
  }

  #count(site: string): string | undefined {
    const callNumber = this.callCount(site) + 1;
    this.#callCounts.set(site, callNumber);
    return this.#planned
      .get(site)
      ?.find((fault) =>
        fault.isSticky ? callNumber >= fault.callNumber : callNumber === fault.callNumber,
      )?.code;
  }
}
