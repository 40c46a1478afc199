import { PermissionRules } from "../../auth/permissions/permission-rules.ts";
import type { MessageView } from "../../routing/message.ts";
import { consumerCreateRequestShape } from "../config/consumer-config.ts";
import { decodeRequest } from "../config/request-body.ts";
import type { ApiRoute } from "./route.ts";

const silently = { isStrict: false, onProblem: (): void => {} };

/**
 * Whether whoever asks for a consumer may have its messages sent where it says (`limitsReplies` of permissions). What
 * can't be read is for others to refuse.
 */
export function mayDeliverAsAsked(
  { type }: ApiRoute,
  { source }: MessageView,
  body: Buffer,
): boolean {
  const permissions = source?.identity?.permissions;
  if (permissions?.limitsReplies !== true || type !== "consumer_create") return true;
  const request = decodeRequest(body, consumerCreateRequestShape, silently);
  const subject = request.ok ? request.value.config.deliver_subject : "";
  if (subject === "") return true;
  const bytes = Buffer.from(subject);
  return new PermissionRules(permissions, 0).mayHear(bytes, 0, bytes.length);
}
