import { formatGoDuration, goQuote } from "@oxbow/wire/go-text";

const goProfiles = new Set(["allocs", "block", "goroutine", "heap", "mutex", "threadcreate"]);
const durationNsMax = 15e9;

/**
 * Answers a request for a profile, with the fields of nats-server's PROFILEZ. There are none: they are files of the Go
 * runtime, which no tool would read from anything else. Node makes its own where it is started with `--cpu-prof` or
 * `--heap-prof`.
 */
export function profilez(
  name: string,
  durationNs: number,
): { readonly profile: null; readonly error: string } {
  return { profile: null, error: problemOf(name, durationNs) };
}

function problemOf(name: string, durationNs: number): string {
  if (name === "") return "Profile name not specified";
  if (name === "cpu") {
    if (durationNs > 0 && durationNs <= durationNsMax) return notOfGo(name, "--cpu-prof");
    return `Duration ${formatGoDuration(BigInt(Math.round(durationNs)))} should be between 0s and 15s`;
  }
  if (goProfiles.has(name)) return notOfGo(name, "--heap-prof");
  return `Profile ${goQuote(name)} not found`;
}

function notOfGo(name: string, flag: string): string {
  return `Profile ${goQuote(name)} error: this server does not run on Go; start it with node ${flag}`;
}
