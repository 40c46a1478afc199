import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Mailbox } from "../../src/consume/mailbox.ts";

test("what is put in comes out in order, whoever waits for whom", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean()), async (puts) => {
      const mailbox = new Mailbox<number>();
      const taken: (number | undefined)[] = [];
      let sent = 0;
      let waiting: Promise<void> | undefined;
      for (const isPut of puts) {
        if (isPut) {
          mailbox.put(sent++);
          await waiting;
          waiting = undefined;
        } else if (waiting === undefined) {
          const item = mailbox.take();
          if (item instanceof Promise) waiting = item.then((each) => void taken.push(each));
          else taken.push(item);
        }
      }
      const left = mailbox.empty();
      mailbox.close();
      await waiting;
      const got = [...taken.filter((each) => each !== undefined), ...left];
      assert.deepEqual(
        got,
        Array.from({ length: sent }, (_, index) => index),
      );
      assert.equal(mailbox.take(), undefined);
    }),
  );
});

test("it ends with its error, once what is there has been taken", async () => {
  const mailbox = new Mailbox<number>();
  mailbox.put(1);
  mailbox.close(new Error("over"));
  assert.equal(mailbox.take(), 1);
  assert.throws(() => mailbox.take(), /over/);
  assert.equal(mailbox.take(), undefined);
});
