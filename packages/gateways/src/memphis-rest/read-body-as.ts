import { z } from "zod";
import { httpError } from "../http/errors.ts";

/** @throws OxbowError `HTTP_REQUEST_INVALID` */
export function readBodyAs<Body>(shape: z.ZodType<Body>, body: unknown): Body {
  const result = shape.safeParse(body ?? {});
  if (result.success) return result.data;
  const text = z.prettifyError(result.error).replaceAll(/\s*\n\s*/g, " ");
  throw httpError("HTTP_REQUEST_INVALID", `the body is not right: ${text}`);
}
