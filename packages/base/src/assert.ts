/** Thrown by {@link assert}: a bug of ours, never a caller's mistake. Nothing catches it to carry on. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** States an invariant. A violation is our bug, so it throws with `message` and the process is meant to stop. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Marks a branch the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable value: ${String(value)}`);
}
