import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type TarHandler, TarReader } from "../../src/nats-archive/tar-reader.ts";
import { tarEnd, tarFileHead, tarPadding } from "../../src/nats-archive/tar-writer.ts";

/** The files of an archive that comes in pieces of that size. */
function read(archive: Buffer, pieceSize = 512): Map<string, string> {
  const files = new Map<string, string>();
  let current = "";
  let content: Buffer[] = [];
  const handler: TarHandler = {
    onFile(name) {
      current = name;
      content = [];
    },
    onContent: (bytes) => content.push(Buffer.from(bytes)),
    onFileEnd: () => files.set(current, Buffer.concat(content).toString("latin1")),
  };
  const reader = new TarReader(handler);
  for (let at = 0; at < archive.length; at += pieceSize) {
    reader.push(archive.subarray(at, at + pieceSize));
  }
  reader.end();
  return files;
}

function write(files: ReadonlyMap<string, string>): Buffer {
  const parts = [...files].flatMap(([name, text]) => [
    tarFileHead(name, text.length, 1_700_000_000),
    Buffer.from(text, "latin1"),
    tarPadding(text.length),
  ]);
  return Buffer.concat([...parts, tarEnd()]);
}

test("what was written comes back, in any pieces", () => {
  const name = fc.stringMatching(/^[a-z/.\d]{1,200}$/);
  const text = fc.string({ unit: "binary-ascii", maxLength: 1500 });
  const sizes = fc.integer({ min: 1, max: 2000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(name, text), { maxLength: 4 }), sizes, (entries, pieceSize) => {
      const files = new Map(entries);
      assert.deepEqual(read(write(files), pieceSize), files);
    }),
  );
});

/** The head of a file, changed and with its checksum made right again. */
function changedHead(change: (head: Buffer) => unknown): Buffer {
  const head = tarFileHead("a", 0, 0);
  change(head);
  head.fill(0x20, 148, 156);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return head;
}

const refused: readonly [string, Buffer][] = [
  ["a link", changedHead((head) => head.write("2", 156))],
  ["a directory", changedHead((head) => head.write("5", 156))],
  ["a device", changedHead((head) => head.write("3", 156))],
  ["a size that is none", changedHead((head) => head.write("x", 124))],
  [
    "attributes of 8 GiB",
    changedHead((head) => head.write("77777777777", 124) + head.write("x", 156)),
  ],
  ["a damaged head", Buffer.concat([tarFileHead("a", 0, 0)]).fill(1, 0, 1)],
  ["half a file", Buffer.concat([tarFileHead("a", 100, 0), Buffer.alloc(50)])],
];

for (const [name, archive] of refused) {
  test(`class G (CVE-2022-26652): refused: ${name}`, () => {
    assert.throws(() => read(archive), { code: "ARCHIVE_INVALID" });
  });
}
