import assert from "node:assert/strict";
import { BlockList, isIP } from "node:net";
import { test } from "node:test";
import { parseAddress } from "@oxbow/wire/proxy-protocol";
import * as fc from "fast-check";
import { isInNetwork, parseNetwork } from "../../../src/auth/jwt/network.ts";

function isIn(address: string, range: string): boolean {
  const network = parseNetwork(range);
  assert.ok(network !== undefined, range);
  return isInNetwork(address, network);
}

test("an address is in the network whose first bits it has", () => {
  assert.ok(isIn("10.1.2.3", "10.0.0.0/8"));
  assert.ok(isIn("192.168.17.9", "192.168.16.0/22"));
  assert.equal(isIn("192.168.20.1", "192.168.16.0/22"), false);
  assert.ok(isIn("1.2.3.4", "0.0.0.0/0"));
  assert.ok(isIn("::ffff:10.1.2.3", "10.0.0.0/8"));
  assert.ok(isIn("10.1.2.3", "::ffff:10.0.0.0/104"));
  assert.ok(isIn("fe80::1", "fe80::/10"));
  assert.equal(isIn("fec0::1", "fe80::/10"), false);
  assert.equal(isIn("10.1.2.3", "::/0"), false);
  assert.equal(isIn("nowhere", "0.0.0.0/0"), false);
});

test("what is no address or no network is not taken", () => {
  for (const bad of [
    "",
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0/8",
    "::/129",
    "a/8",
    "10.0.0.0/-1",
    "1.2.3.04/8",
  ]) {
    assert.equal(parseNetwork(bad), undefined, bad);
  }
  for (const bad of [
    "::1::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "fe80::1%eth0",
    "12345::",
    ":1",
  ]) {
    assert.equal(parseAddress(bad), undefined, bad);
  }
});

test("addresses are those of Node, and so is what is in a network", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
      assert.equal(parseAddress(text) !== undefined, isIP(text) !== 0, text);
    }),
  );
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV6(), fc.nat(128), (address, base, length) => {
      // How mapped addresses compare with IPv6 networks is another matter.
      fc.pre(!/^::ffff:|\./i.test(address) && !/\./.test(base));
      fc.pre(
        parseAddress(address)
          ?.slice(0, 10)
          .some((byte) => byte !== 0) === true,
      );
      const list = new BlockList();
      list.addSubnet(base, length, "ipv6");
      assert.equal(isIn(address, `${base}/${length}`), list.check(address, "ipv6"));
    }),
  );
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.nat(32), (address, base, length) => {
      const list = new BlockList();
      list.addSubnet(base, length, "ipv4");
      assert.equal(isIn(address, `${base}/${length}`), list.check(address, "ipv4"));
    }),
  );
});
