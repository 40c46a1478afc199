import type {
  ClaimsData,
  NatsLimitsClaims,
  PermissionsClaims,
  UserPermissionLimits,
} from "./claims.ts";
import { isTimeZone, parseTimeOfDay } from "./daily-range.ts";
import { parseNetwork } from "./network.ts";
import type { Validation } from "./validation.ts";

/** Whether a JWT holds now. */
export function validateClaimsData(
  claims: Pick<ClaimsData, "exp" | "nbf">,
  nowMs: number,
  found: Validation,
): void {
  const now = Math.floor(nowMs / 1000);
  if (claims.exp > 0 && now > claims.exp) found.time("claim is expired");
  if (claims.nbf > 0 && claims.nbf > now) found.time("claim is not yet valid");
}

/** Whether subjects in permissions are subjects. */
export function validatePermissions(permissions: PermissionsClaims, found: Validation): void {
  for (const list of [permissions.sub.allow, permissions.sub.deny]) {
    for (const entry of list ?? []) validatePermission(entry, true, found);
  }
  for (const list of [permissions.pub.allow, permissions.pub.deny]) {
    for (const entry of list ?? []) validatePermission(entry, false, found);
  }
}

function validatePermission(entry: string, allowsQueue: boolean, found: Validation): void {
  const parts = entry.split(" ");
  if (parts.length > 2) {
    found.error(`Permission Subject "${entry}" contains too many spaces`);
    return;
  }
  for (const part of parts) validateSubject(part, found);
  if (parts.length === 2 && !allowsQueue) {
    found.error(`Permission Subject "${entry}" is not allowed to contain queue`);
  }
}

/** Whether `subject` is one, roughly: this is what the tools that make JWTs check too. */
export function validateSubject(subject: string, found: Validation): void {
  if (subject === "") {
    found.error("subject cannot be empty");
    return;
  }
  const quoted = JSON.stringify(subject);
  if (subject.includes(" ")) found.error(`subject ${quoted} cannot have spaces`);
  if (subject.startsWith(".") || subject.endsWith(".")) {
    found.error(`subject ${quoted} cannot start or end with a \`.\``);
  }
  if (subject.includes("..")) found.error(`subject ${quoted} cannot contain consecutive \`.\``);
}

/** Whether networks, times and time zone of a user can be understood. */
export function validateLimits(
  limits: Pick<UserPermissionLimits, "src" | "times" | "times_location"> & NatsLimitsClaims,
  found: Validation,
): void {
  for (const source of limits.src) {
    if (parseNetwork(source) === undefined) {
      found.error(`invalid cidr ${JSON.stringify(source)} in user src limits`);
    }
  }
  for (const { start, end } of limits.times) {
    validateTimeOfDay(start, "start", found);
    validateTimeOfDay(end, "end", found);
  }
  if (limits.times_location !== "" && !isTimeZone(limits.times_location)) {
    const text = `unknown time zone ${limits.times_location}`;
    found.error(`could not parse iana time zone by name: ${text}`);
  }
}

function validateTimeOfDay(text: string, which: "start" | "end", found: Validation): void {
  if (text === "")
    found.error(`time ranges ${which} must contain ${which === "start" ? "a" : "an"} ${which}`);
  else if (parseTimeOfDay(text) === undefined) {
    found.error(`${which} in time range is invalid ${JSON.stringify(text)}`);
  }
}
