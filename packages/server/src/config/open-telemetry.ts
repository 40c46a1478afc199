import { existsSync } from "node:fs";
import type { ConfigProblem } from "./source.ts";
import type { SamplerSettings, TracingSettings } from "./tracing-settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const tracesPath = "v1/traces";
const filesNamed = ["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"];
const exporters: readonly string[] = ["otlp", "none"];

/** What the environment says in the words of OpenTelemetry, and what is wrong with it. */
class OpenTelemetryReader {
  readonly problems: ConfigProblem[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** What is set to nothing is not set. */
  text(name: string): string | undefined {
    const text = this.#environment[name]?.trim();
    return text === "" ? undefined : text;
  }

  /** What is said of traces, or else of everything that is exported. @returns The name and the value. */
  exporter(what: string): readonly [string, string] | undefined {
    for (const name of [`OTEL_EXPORTER_OTLP_TRACES_${what}`, `OTEL_EXPORTER_OTLP_${what}`]) {
      const text = this.text(name);
      if (text !== undefined) return [name, text];
    }
    return undefined;
  }

  wrong(origin: string, message: string): void {
    this.problems.push({ origin, message });
  }

  number(name: string, initial: number, least: number, most: number): number {
    const text = this.text(name);
    if (text === undefined) return initial;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    this.wrong(name, `expected a whole number from ${least} to ${most}, not "${text}"`);
    return initial;
  }

  word(origin: string, text: string, words: readonly string[], advice = ""): void {
    if (words.includes(text)) return;
    this.wrong(origin, `expected one of ${words.join(", ")}, not "${text}"${advice}`);
  }

  /** `key=value,key=value`, percent-encoded. */
  pairs(name: string): Record<string, string> {
    const pairs: Record<string, string> = {};
    for (const part of (this.text(name) ?? "").split(",")) {
      if (part.trim() === "") continue;
      const at = part.indexOf("=");
      const key = part.slice(0, at).trim();
      const value = at < 1 ? undefined : decoded(part.slice(at + 1).trim());
      // What is wrong may be a secret.
      if (key === "" || value === undefined) {
        this.wrong(name, "expected name=value,name=value, the values percent-encoded");
        return {};
      }
      pairs[key] = value;
    }
    return pairs;
  }
}

/**
 * Where spans go, as the variables of OpenTelemetry and the option for the endpoint say; the option counts more.
 *
 * @param given - The option, and where it was written.
 * @returns `undefined` settings if there is nowhere to send spans to, or nobody wants any.
 */
export function readOpenTelemetry(
  environment: Environment,
  given: { readonly endpoint: string; readonly origin: string } | undefined,
): { readonly settings: TracingSettings | undefined; readonly problems: readonly ConfigProblem[] } {
  const reader = new OpenTelemetryReader(environment);
  if (/^true$/i.test(reader.text("OTEL_SDK_DISABLED") ?? "")) return nothing;
  const exporter = reader.text("OTEL_TRACES_EXPORTER") ?? "otlp";
  reader.word("OTEL_TRACES_EXPORTER", exporter, exporters);
  const url = urlIn(reader, given);
  if (exporter === "none" || url === undefined) {
    return { settings: undefined, problems: url === undefined ? reader.problems : [] };
  }
  const protocol = reader.exporter("PROTOCOL");
  if (protocol !== undefined) {
    const advice = ": collectors take it at port 4318";
    reader.word(...protocol, ["http/protobuf"], advice);
  }
  const compression = reader.exporter("COMPRESSION");
  if (compression !== undefined) reader.word(...compression, ["gzip", "none"]);
  for (const file of filesNamed.map((each) => reader.exporter(each))) {
    if (file !== undefined && !existsSync(file[1])) reader.wrong(file[0], "there is no such file");
  }
  const timeoutName = reader.exporter("TIMEOUT")?.[0] ?? "OTEL_EXPORTER_OTLP_TIMEOUT";
  const queueMax = reader.number("OTEL_BSP_MAX_QUEUE_SIZE", 2_048, 1, 65_536);
  const batchMax = reader.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512, 1, 65_536);
  const service = reader.text("OTEL_SERVICE_NAME");
  const settings: TracingSettings = {
    url,
    headers: {
      ...reader.pairs("OTEL_EXPORTER_OTLP_HEADERS"),
      ...reader.pairs("OTEL_EXPORTER_OTLP_TRACES_HEADERS"),
    },
    isCompressed: compression?.[1] === "gzip",
    resource: {
      "service.name": "oxbow",
      ...reader.pairs("OTEL_RESOURCE_ATTRIBUTES"),
      ...(service !== undefined && { "service.name": service }),
    },
    sampler: samplerIn(reader),
    timeoutMs: reader.number(timeoutName, 10_000, 1, 600_000),
    delayMs: reader.number("OTEL_BSP_SCHEDULE_DELAY", 5_000, 1, 600_000),
    queueMax,
    batchMax: Math.min(batchMax, queueMax),
  };
  return { settings, problems: reader.problems };
}

const nothing = { settings: undefined, problems: [] };

/** What is said of traces is the whole URL; what is said of all is where its path begins. */
function urlIn(
  reader: OpenTelemetryReader,
  given: { readonly endpoint: string; readonly origin: string } | undefined,
): string | undefined {
  const whole = reader.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  const isWhole = given === undefined && whole !== undefined;
  const text = given?.endpoint ?? whole ?? reader.text("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (text === undefined) return undefined;
  const usual = isWhole ? "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" : "OTEL_EXPORTER_OTLP_ENDPOINT";
  const origin = given?.origin ?? usual;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    // What is no URL may still hold a password.
    reader.wrong(origin, "expected a URL of HTTP such as http://127.0.0.1:4318");
    return undefined;
  }
  if (url.username !== "" || url.password !== "") {
    reader.wrong(origin, "expected a URL without a password: set OTEL_EXPORTER_OTLP_HEADERS");
    return undefined;
  }
  if (!isWhole) url.pathname = `${url.pathname.replace(/\/$/, "")}/${tracesPath}`;
  return url.href;
}

function samplerIn(reader: OpenTelemetryReader): SamplerSettings {
  const name = reader.text("OTEL_TRACES_SAMPLER") ?? "parentbased_always_on";
  const kinds = ["always_on", "always_off", "traceidratio"];
  const words = [...kinds, ...kinds.map((kind) => `parentbased_${kind}`)];
  reader.word("OTEL_TRACES_SAMPLER", name, words);
  const isParentBased = name.startsWith("parentbased_");
  if (name.endsWith("always_off")) return { ratio: 0, isParentBased };
  if (!name.endsWith("traceidratio")) return { ratio: 1, isParentBased };
  const argument = reader.text("OTEL_TRACES_SAMPLER_ARG") ?? "1";
  const ratio = Number(argument);
  if (ratio >= 0 && ratio <= 1) return { ratio, isParentBased };
  const text = `expected a share from 0 to 1 such as 0.1, not "${argument}"`;
  reader.wrong("OTEL_TRACES_SAMPLER_ARG", text);
  return { ratio: 1, isParentBased };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
