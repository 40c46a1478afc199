import assert from "node:assert/strict";
import { test } from "node:test";
import type { Link, LinkUser } from "../../src/connection/link.ts";
import { followStations } from "../../src/consume/follow-stations.ts";

/** A link whose news are told by the test. */
function fakeLink(): { readonly link: Link; tell(error: Error | null): void; up(): void } {
  let callback: (error: Error | null) => void = () => undefined;
  let user: LinkUser = {};
  const link = {
    isClosed: true,
    nc: {
      subscribe: (_: string, options: { callback: typeof callback }) => ({ callback } = options),
    },
    use: (given: LinkUser) => {
      user = given;
      return () => (user = {});
    },
  } as unknown as Link;
  return { link, tell: (error) => callback(error), up: () => user.onUp?.() };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("it is looked again when the server tells of a stream, and after a reconnect", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { link, tell, up } = fakeLink();
  let looks = 0;
  const end = followStations(link, async () => void looks++);
  tell(null);
  up();
  await settled();
  assert.equal(looks, 2);
  t.mock.timers.tick(60_000);
  await settled();
  assert.equal(looks, 2);
  end();
  tell(null);
  await settled();
  assert.equal(looks, 2);
});

test("it is looked from time to time for who is not told, and soon after it went wrong", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { link, tell } = fakeLink();
  let looks = 0;
  const end = followStations(link, async () => {
    looks++;
    if (looks === 2) throw new Error("not now");
  });
  tell(new Error("not allowed"));
  for (const [timeMs, expected] of [
    [5_000, 1],
    [4_999, 1],
    [1, 2],
    [1_000, 3],
    [5_000, 4],
  ] as const) {
    t.mock.timers.tick(timeMs);
    await settled();
    assert.equal(looks, expected);
  }
  end();
  t.mock.timers.tick(10_000);
  await settled();
  assert.equal(looks, 4);
});
