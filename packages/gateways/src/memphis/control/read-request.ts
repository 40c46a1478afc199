import type { z } from "zod";
import { Refusal } from "./refusal.ts";

/** @throws Refusal for a body that is not what the SDK of this request sends */
export function readRequest<T>(shape: z.ZodType<T>, body: Buffer): T {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new Refusal("the request is not JSON");
  }
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Refusal(`the request can't be read: ${problems.join("; ")}`);
}
