import { z } from "zod";
import type { Problem } from "../../contract/index.ts";
import { named } from "./named.ts";

export const problemShape: z.ZodType<Problem> = named(
  "Problem",
  z
    .object({
      type: z.literal("about:blank"),
      title: z.string().describe("What the status is called."),
      status: z.int(),
      detail: z.string().describe("What is wrong, and what to do."),
      code: z.string().describe("Which problem it is; never changes, unlike the text."),
      retryable: z.boolean().describe("Whether the same request may succeed later."),
      errors: z
        .array(
          z.object({
            path: z.string(),
            message: z.string(),
            offset: z.int().optional().describe("Where in a text, in characters from its start."),
          }),
        )
        .optional()
        .describe("Fields that are wrong."),
    })
    .describe("An error, as of RFC 9457."),
) as z.ZodType<Problem>;

/** What any route may answer that is none of what it says. */
export const problems: { readonly default: z.ZodType } = { default: problemShape };
