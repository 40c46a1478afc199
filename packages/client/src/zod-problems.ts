import type { z } from "zod";

/** Everything that is wrong with settings, in one line that names each. */
export function problemsIn({ issues }: z.ZodError): string {
  const problems = issues.map(({ path, message, code, ...more }) =>
    code === "unrecognized_keys" && "keys" in more
      ? `there is no setting ${[...path, (more.keys as string[]).join(", ")].join(".")}`
      : [path.join("."), message].filter((part) => part !== "").join(": "),
  );
  return problems.join("; ");
}
