import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRequest } from "../../../src/jetstream/config/request-body.ts";
import {
  consumerListRequestShape,
  isEmptyRequest,
  messageDeleteRequestShape,
  messageGetRequestShape,
  streamInfoRequestShape,
  streamListRequestShape,
  streamNamesRequestShape,
  streamPurgeRequestShape,
} from "../../../src/jetstream/config/requests.ts";
import type { Shape } from "../../../src/json/shape.ts";

test("an empty request is no bytes or an object without members", () => {
  for (const body of ["", "{}", "\n{ }", "  {}  "])
    assert.equal(isEmptyRequest(Buffer.from(body)), true, body);
  for (const body of [" ", "{}x", "null", "[]", '{"a":1}', "\u000b{}"]) {
    assert.equal(isEmptyRequest(Buffer.from(body)), false, body);
  }
});

test("values of a wrong type are refused in the words of nats-server", () => {
  const explain = (shape: Shape<unknown>, body: string): string => {
    const decoded = decodeRequest(Buffer.from(body), shape);
    return decoded.ok ? "" : decoded.error.description.replace(/^.*Go struct field /, "");
  };
  const offset = '{"offset":"x"}';
  assert.equal(
    explain(streamNamesRequestShape, offset),
    "JSApiStreamNamesRequest.ApiPagedRequest.offset of type int",
  );
  assert.equal(
    explain(streamListRequestShape, offset),
    "JSApiStreamListRequest.ApiPagedRequest.offset of type int",
  );
  assert.equal(
    explain(streamInfoRequestShape, offset),
    "JSApiStreamInfoRequest.ApiPagedRequest.offset of type int",
  );
  assert.equal(
    explain(consumerListRequestShape, offset),
    "JSApiConsumersRequest.ApiPagedRequest.offset of type int",
  );
  assert.equal(
    explain(streamPurgeRequestShape, '{"keep":"x"}'),
    "JSApiStreamPurgeRequest.keep of type uint64",
  );
  assert.equal(
    explain(messageGetRequestShape, '{"seq":"x"}'),
    "JSApiMsgGetRequest.seq of type uint64",
  );
  assert.equal(
    explain(messageDeleteRequestShape, '{"seq":"x"}'),
    "JSApiMsgDeleteRequest.seq of type uint64",
  );
});

test("a sequence beyond what a number holds is larger than any there is", () => {
  const decoded = decodeRequest(
    Buffer.from('{"seq":18446744073709551615}'),
    messageGetRequestShape,
  );
  assert.equal(decoded.ok && decoded.value.seq > Number.MAX_SAFE_INTEGER, true);
});
