/** How long a test waits for an event that must come. Far above what any of them takes; not a measure of speed. */
const DEADLINE_MS = 20_000;

/** Options of a request of the official client, which would give up after a second. */
export const patient: { readonly timeout: number } = { timeout: DEADLINE_MS };

/** Settles as `promise` does, or rejects after a generous time, saying what was waited for. */
export async function withDeadline<Value>(
  promise: Promise<Value>,
  what: () => string,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`waited ${DEADLINE_MS} ms for ${what()}`)),
      DEADLINE_MS,
    );
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks `probe` again and again until it gives something other than `undefined`. For states that a server announces in
 * no event, such as a consumer that has vanished.
 */
export async function eventually<Value>(
  what: string,
  probe: () => Promise<Value | undefined>,
): Promise<Value> {
  const end = performance.now() + DEADLINE_MS;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > end) throw new Error(`waited ${DEADLINE_MS} ms for ${what}`);
  }
}
