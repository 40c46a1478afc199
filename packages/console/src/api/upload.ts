import { ProblemError, problemFrom } from "./problem.ts";

/**
 * Sends a file as it is read, and tells how much of it is gone: `fetch` can't tell that.
 *
 * @param where - The whole path.
 * @param expected - The revision that it has to have, if it takes the place of another.
 * @param onSent - Told of bytes that are gone.
 * @throws ProblemError
 */
export function upload(
  where: string,
  file: File,
  expected: number | undefined,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = new XMLHttpRequest();
  request.open("PUT", where);
  request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
  if (expected !== undefined) request.setRequestHeader("If-Match", `"${expected}"`);
  request.upload.onprogress = ({ loaded }) => onSent(loaded);
  request.onload = () => {
    if (request.status < 300) resolve();
    else reject(problemIn(request));
  };
  request.onerror = () => {
    const text = "the connection ended before all of it was there: is the server running?";
    reject(new ProblemError(0, "UNREACHABLE", text));
  };
  request.onabort = () => reject(new ProblemError(0, "CANCELLED", "it was cancelled"));
  signal.addEventListener("abort", () => request.abort(), { once: true });
  request.send(file);
  return promise;
}

function problemIn({ status, statusText, responseText }: XMLHttpRequest): ProblemError {
  try {
    return problemFrom(JSON.parse(responseText), status, statusText);
  } catch {
    return problemFrom(undefined, status, statusText);
  }
}
