import { z } from "zod";
import { httpError } from "../errors.ts";

const shape = z.record(z.string().regex(/^\d{1,4}$/), z.int().min(0));

/** Where a page goes on: the sequence that is looked at next, of each partition. */
export type Cursor = ReadonlyMap<number, number>;

/** As clients give it back; they are not to look into it. */
export function cursorText(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(Object.fromEntries(cursor))).toString("base64url");
}

/** @throws OxbowError `HTTP_REQUEST_INVALID` */
export function readCursor(text: string): Cursor {
  try {
    const given: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return new Map(Object.entries(shape.parse(given)).map(([key, value]) => [Number(key), value]));
  } catch (error) {
    const message = "after is the next of a page before, as it was answered";
    throw httpError("HTTP_REQUEST_INVALID", message, { cause: error });
  }
}
