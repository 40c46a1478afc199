declare module "parse-prometheus-text-format" {
  /** What a text of Prometheus says, as far as it can be read. */
  export default function parse(text: string): unknown;
}
