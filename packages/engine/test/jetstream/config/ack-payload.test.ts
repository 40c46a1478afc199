import assert from "node:assert/strict";
import { test } from "node:test";
import {
  parseAckKind,
  parseNak,
  parseTermReason,
} from "../../../src/jetstream/config/ack-payload.ts";

/** Calls `read` with `payload` in the middle of other bytes. */
function inPlace<T>(payload: string, read: (buffer: Buffer, start: number, end: number) => T): T {
  const buffer = Buffer.from(`+ACK${payload}+ACK`);
  return read(buffer, 4, buffer.length - 4);
}

test("the kind of an acknowledgement", () => {
  const kinds = {
    "": "ack",
    "+ACK": "ack",
    "+OK": "ack",
    "-NAK": "nak",
    "-NAK 5s": "nak",
    "-NAKx": "nak",
    "+WPI": "progress",
    "+WPI ": "unknown",
    "+TERM": "term",
    "+TERM because": "term",
    "+TER": "unknown",
    "+TERN": "unknown",
    "+NXT": "next",
    "+NXT 5": "next",
    "+ACKx": "unknown",
    "+O": "unknown",
    "+OKx": "unknown",
    x: "unknown",
  };
  for (const [payload, kind] of Object.entries(kinds)) {
    assert.equal(inPlace(payload, parseAckKind), kind, payload);
  }
});

test("the delay of a nak", () => {
  const delays = {
    "-NAK": undefined,
    "-NAK ": undefined,
    "-NAK 5s": 5000,
    "-NAK\t1.5ms ": 1.5,
    "-NAK -1s": -1000,
    '-NAK {"delay":1500000}': 1.5,
    '-NAK{"Delay":1000000,"x":1}': 1,
    "-NAK {}": 0,
    "-NAK soon": undefined,
    "-NAK {": undefined,
    '-NAK {"delay":"5s"}': undefined,
  };
  for (const [payload, delayMs] of Object.entries(delays)) {
    assert.equal(inPlace(payload, parseNak), delayMs, payload);
  }
});

test("the reason of a term", () => {
  assert.equal(inPlace("+TERM", parseTermReason), "");
  assert.equal(inPlace("+TERM  poison message \n", parseTermReason), "poison message");
});
