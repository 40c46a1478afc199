import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { parseSyslogAddress, SyslogSink } from "../../../src/nats-server/log/syslog-sink.ts";

test("a line is a datagram with its severity", async (t) => {
  const receiver = createSocket("udp4");
  receiver.bind(0, "127.0.0.1");
  await once(receiver, "listening");
  const sink = new SyslogSink({ host: "127.0.0.1", port: receiver.address().port });
  t.after(() => {
    sink.close();
    receiver.close();
  });
  const arrived = once(receiver, "message");
  sink.write("[ERR] all of it\n", "ERR", "all of it");
  const [message] = (await arrived) as [Buffer];
  assert.match(
    message.toString(),
    /^<3>\d{4}-\d\d-\d\dT[\d:]+Z \S+ nats-server\[\d+\]: all of it\n$/,
  );
});

test("an address is a URL of UDP", () => {
  assert.deepEqual(parseSyslogAddress("udp://localhost:1514"), { host: "localhost", port: 1514 });
  assert.deepEqual(parseSyslogAddress("udp://[::1]"), { host: "::1", port: 514 });
  for (const url of ["", "tcp://localhost:514", "localhost:514", "udp://"]) {
    assert.equal(parseSyslogAddress(url), undefined, url);
  }
});
