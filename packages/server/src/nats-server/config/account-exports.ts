import type { ExportOptions, ServiceLatencyOptions } from "@oxbow/engine";
import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import type { Draft } from "./draft.ts";
import { parseGoDurationMs } from "./go-duration.ts";
import { readPercent } from "./percent.ts";
import { aliases, attempt, type Fields, type Reading, readMap } from "./reading.ts";
import { boolean, integer, oneOf, readArray, readText, text, unfit } from "./values.ts";

/** What is measured where a file does not say it. */
const defaultSamplingPercent = 100;

interface ExportDraft extends Draft<Omit<ExportOptions, "kind" | "subject">> {
  stream?: string;
  service?: string;
}

export const exportFields: Fields<ExportDraft> = {
  stream: text((draft, value) => {
    draft.stream = value;
  }),
  service: text((draft, value) => {
    draft.service = value;
  }),
  ...aliases(
    ["response", "response_type"],
    oneOf<ExportDraft, ExportOptions["responseType"]>(
      {
        single: "singleton",
        singleton: "singleton",
        stream: "stream",
        chunk: "chunked",
        chunked: "chunked",
      },
      (draft, type) => {
        draft.responseType = type;
      },
    ),
  ),
  ...aliases(
    ["threshold", "response_threshold", "response_max_time", "response_time"],
    (draft, value, _reading, entry) => {
      const written = readText(value, entry.key);
      draft.responseThresholdMs = parseGoDurationMs(written);
      if (draft.responseThresholdMs === undefined) {
        throw unfit(
          value,
          `Expected response threshold to be a parseable time duration, got "${written}"`,
        );
      }
    },
  ),
  accounts: (draft, value, _reading, entry) => {
    draft.accounts = readArray(value, entry.key).map((item) => readText(item, entry.key));
  },
  latency: (draft, value, reading) => {
    draft.latency = readLatency(value, reading);
  },
  account_token_position: integer((draft, value) => {
    draft.accountTokenPosition = value;
  }),
  allow_trace: boolean((draft, value) => {
    draft.allowTrace = value;
  }),
};

interface LatencyDraft {
  subject?: string;
  samplingPercent?: number | "headers";
}

const latencyFields: Fields<LatencyDraft> = {
  subject: text((latency, value) => {
    latency.subject = value;
  }),
  sampling: (latency, value) => {
    if (value.kind === "string" && value.value.trim().toLowerCase() === "headers") {
      latency.samplingPercent = "headers";
      return;
    }
    latency.samplingPercent = readPercent(value, "latency sampling", 1, () => {
      return "bad sampling percentage, should be 1-100";
    });
  },
};

/** `exports: [ { stream: … }, { service: … } ]` of an account. */
export function readExports(value: ConfValue, reading: Reading): ExportOptions[] {
  if (value.kind !== "array") {
    throw unfit(value, `Exports should be an array, got ${describeConfKind(value)}`);
  }
  const exports: ExportOptions[] = [];
  for (const item of value.items) {
    const read = attempt(reading, () => readExport(item, reading));
    if (read !== undefined) exports.push(read);
  }
  return exports;
}

function readExport(value: ConfValue, reading: Reading): ExportOptions | undefined {
  if (value.kind !== "map") {
    throw unfit(
      value,
      `Export Items should be a map with type entry, got ${describeConfKind(value)}`,
    );
  }
  const draft: ExportDraft = {};
  if (!readMap(value.entries, exportFields, draft, reading)) return undefined;
  const { stream, service, ...rest } = draft;
  if (service !== undefined) {
    if (stream !== undefined) {
      throw unfit(value, `Detected stream "${stream}" but already saw a service`);
    }
    return { kind: "service", subject: service, ...rest };
  }
  if (stream === undefined) throw unfit(value, "An export needs a stream or a service");
  if (rest.responseType !== undefined || rest.responseThresholdMs !== undefined) {
    throw unfit(value, "Detected response directive on non-service");
  }
  if (rest.latency !== undefined) {
    throw unfit(value, "Detected latency directive on non-service");
  }
  if (rest.allowTrace !== undefined) {
    throw unfit(value, "Detected allow_trace directive on non-service");
  }
  return { kind: "stream", subject: stream, ...rest };
}

/** A subject, or `{ subject, sampling }`. */
function readLatency(value: ConfValue, reading: Reading): ServiceLatencyOptions | undefined {
  if (value.kind === "string") {
    return { subject: value.value, samplingPercent: defaultSamplingPercent };
  }
  if (value.kind !== "map") {
    throw unfit(
      value,
      `Expected latency entry to be a map/struct or string, got ${describeConfKind(value)}`,
    );
  }
  const latency: LatencyDraft = {};
  if (!readMap(value.entries, latencyFields, latency, reading)) return undefined;
  const { subject, samplingPercent = defaultSamplingPercent } = latency;
  if (subject === undefined) throw unfit(value, "Latency subject required, but missing");
  return { subject, samplingPercent };
}
