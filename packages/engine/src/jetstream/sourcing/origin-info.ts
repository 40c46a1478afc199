import type { JsonValue } from "../../json/shape.ts";
import type { StreamSource } from "../config/stream-config.ts";
import type { OriginLink } from "./origin-link.ts";

/** What answers say of an origin, in the order of nats-server. */
export function describeOrigin({
  origin,
  link,
}: {
  readonly origin: StreamSource;
  readonly link: OriginLink;
}): JsonValue {
  const { name, external, filter_subject: filter, subject_transforms: transforms } = origin;
  const { lag, error, silenceMs } = link;
  return {
    name,
    ...(external !== null && { external: { api: external.api, deliver: external.deliver } }),
    lag,
    active: silenceMs === undefined ? -1 : BigInt(Math.round(silenceMs * 1e6)),
    ...(error !== undefined && { error: { ...error } }),
    ...(filter !== "" && { filter_subject: filter }),
    ...(transforms.length > 0 && {
      subject_transforms: transforms.map(({ src, dest }) => ({ src, dest })),
    }),
  };
}
