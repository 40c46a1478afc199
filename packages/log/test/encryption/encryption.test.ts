import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type EncryptionOptions, LogStore, type LogStoreOptions } from "@oxbow/log";
import { type SimDisk, simulate } from "@oxbow/testkit";
import { append, contents, logOf } from "../support/messages.ts";
import { ENCRYPTION } from "../support/settings.ts";

const CANARY = "canary-7f3a";
const OPTIONS: LogStoreOptions = {
  directory: "/data",
  journalSizeMax: 20 * 1024,
  segmentSizeMax: 2_000,
};
const encrypted: LogStoreOptions = { ...OPTIONS, encryption: ENCRYPTION };
const other: EncryptionOptions = { cipher: "aes-256-gcm", key: Buffer.from("another secret") };

/** Files that hold the canary. */
function filesWithCanary(disk: SimDisk): string[] {
  return disk.paths().filter((path) => Buffer.from(disk.contents(path)).includes(CANARY));
}

/** Brings the canary to every place where a store writes what users give it. */
async function fill(store: LogStore): Promise<void> {
  const log = store.createLog(`log-${CANARY}`, "file");
  store.createState(`state-${CANARY}`, {
    encodeSnapshot: (writer) => writer.text(`snapshot ${CANARY}`),
    encodeDelta: () => {},
  });
  for (let i = 0; i < 60; i++) {
    append(log, {
      subject: `s.${CANARY}.${i % 3}`,
      payload: `${CANARY} ${i}`,
      headers: `${CANARY};`,
    });
    if (i % 5 === 0) await store.durable();
  }
  await store.durable();
  for (let sequence = 1; sequence < 30; sequence++) if (sequence % 3 > 0) log.remove(sequence);
  await store.checkpoint();
  append(log, { subject: CANARY, payload: "only the journal has it" });
  await store.durable();
}

for (const cipher of ["aes-256-gcm", "chacha20-poly1305"] as const) {
  for (const isCompressed of [false, true]) {
    const how = `${cipher}${isCompressed ? " and compression" : ""}`;
    test(`with ${how} nothing can be read in the files`, async () => {
      const options = { ...OPTIONS, encryption: { ...ENCRYPTION, cipher } };
      const { world, host } = simulate(cipher);
      await world.play(async () => {
        let store = await LogStore.open(options, host);
        await fill(store);
        logOf(store, `log-${CANARY}`).isCompressed = isCompressed;
        const before = await contents(logOf(store, `log-${CANARY}`));
        assert.deepEqual(filesWithCanary(host.disk), []);
        await store.close();
        assert.deepEqual(filesWithCanary(host.disk), []);
        store = await LogStore.open(options, host);
        assert.deepEqual(store.damage, []);
        assert.deepEqual(await contents(logOf(store, `log-${CANARY}`)), before);
        assert.ok(store.state(`state-${CANARY}`)?.recovered?.snapshot.includes(CANARY));
        await store.close();
      });
    });
  }
}

test("the same without encryption can be read: the test would notice", async () => {
  const { world, host } = simulate("plain");
  await world.play(async () => {
    const store = await LogStore.open(OPTIONS, host);
    await fill(store);
    assert.ok(filesWithCanary(host.disk).length > 3);
    await store.close();
  });
});

describe("the key of a store", () => {
  test("is needed, and has to be the right one", async () => {
    const { world, host } = simulate("key");
    await world.play(async () => {
      await (await LogStore.open(encrypted, host)).close();
      const wrong = { ...OPTIONS, encryption: other };
      const refusal = { code: "STORE_KEY", kind: "permission-denied" };
      await assert.rejects(LogStore.open(OPTIONS, host), refusal);
      await assert.rejects(LogStore.open(wrong, host), refusal);
      await (await LogStore.open(encrypted, host)).close();
    });
  });

  test("can be changed; the one before does not open the store any more", async () => {
    const { world, host } = simulate("rotation");
    await world.play(async () => {
      const first = await LogStore.open(encrypted, host);
      await fill(first);
      const before = await contents(logOf(first, `log-${CANARY}`));
      await first.close();
      const changing = { ...other, previousKey: ENCRYPTION.key };
      const second = await LogStore.open({ ...OPTIONS, encryption: changing }, host);
      assert.deepEqual(await contents(logOf(second, `log-${CANARY}`)), before);
      await second.close();
      await assert.rejects(LogStore.open(encrypted, host), { code: "STORE_KEY" });
      const third = await LogStore.open({ ...OPTIONS, encryption: other }, host);
      assert.deepEqual(await contents(logOf(third, `log-${CANARY}`)), before);
      await third.close();
      // The key before is not asked for, and does no harm.
      await (await LogStore.open({ ...OPTIONS, encryption: changing }, host)).close();
    });
  });

  test("is found in the journal if store.json is lost", async () => {
    const { world, host } = simulate("lost");
    await world.play(async () => {
      const store = await LogStore.open(encrypted, host);
      await fill(store);
      const before = await contents(logOf(store, `log-${CANARY}`));
      await store.close();
      await host.disk.remove("TEST", "/data/store.json");
      const again = await LogStore.open(encrypted, host);
      assert.deepEqual(
        again.damage.map(({ file }) => file),
        ["/data/store.json"],
      );
      assert.deepEqual(await contents(logOf(again, `log-${CANARY}`)), before);
      await again.close();
    });
  });
});

test("a store that holds data is encrypted as it is opened with a key", async () => {
  const { world, host } = simulate("conversion");
  await world.play(async () => {
    const plain = await LogStore.open(OPTIONS, host);
    await fill(plain);
    const before = await contents(logOf(plain, `log-${CANARY}`));
    await plain.close();
    assert.notDeepEqual(filesWithCanary(host.disk), []);
    const store = await LogStore.open(encrypted, host);
    assert.deepEqual(store.damage, []);
    assert.deepEqual(filesWithCanary(host.disk), []);
    assert.deepEqual(await contents(logOf(store, `log-${CANARY}`)), before);
    append(logOf(store, `log-${CANARY}`), { subject: "s", payload: "goes on" });
    await store.close();
    assert.deepEqual(filesWithCanary(host.disk), []);
    const again = await LogStore.open(encrypted, host);
    assert.equal((await contents(logOf(again, `log-${CANARY}`))).length, before.length + 1);
    await again.close();
  });
});

test("a conversion that a crash cuts short goes on at the next start", async () => {
  for (let events = 20; ; events += 40) {
    const { world, host } = simulate("conversion");
    await world.play(async () => {
      const plain = await LogStore.open(OPTIONS, host);
      await fill(plain);
      await plain.close();
    });
    const before = world.host({ disk: host.kill() });
    let isDone = false;
    LogStore.open(encrypted, before).then(
      () => {
        isDone = true;
      },
      () => {},
    );
    await world.run({ events, until: () => isDone });
    const next = world.host({ disk: before.crash() });
    await world.play(async () => {
      const store = await LogStore.open(encrypted, next);
      assert.deepEqual(store.damage, []);
      assert.deepEqual(filesWithCanary(next.disk), []);
      assert.equal((await contents(logOf(store, `log-${CANARY}`))).length, 41);
      await store.close();
    });
    next.crash();
    if (isDone) return;
  }
});
