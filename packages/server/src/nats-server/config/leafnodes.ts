import type { LeafnodeOptions } from "@oxbow/engine";
import type { ConfValue } from "@oxbow/wire/nats-conf";
import type { Draft } from "./draft.ts";
import { aliases, type Fields, type Reading, readMap } from "./reading.ts";
import { readTls } from "./tls.ts";
import { integer, readListen, readMapValue, text } from "./values.ts";

const leafnodeFields: Fields<Draft<LeafnodeOptions>> = {
  listen: (leafnodes, value) => {
    const { host, port } = readListen(value);
    leafnodes.host = host;
    leafnodes.port = port;
  },
  tls: (leafnodes, value, reading) => {
    leafnodes.tls = readTls(value, reading);
  },
  port: integer((leafnodes, value) => {
    leafnodes.port = value;
  }),
  ...aliases(
    ["host", "net"],
    text((leafnodes, value) => {
      leafnodes.host = value;
    }),
  ),
};

/** The `leafnodes` block: the door for servers that join as leaf nodes. */
export function readLeafnodes(value: ConfValue, reading: Reading): Draft<LeafnodeOptions> {
  const leafnodes: Draft<LeafnodeOptions> = {};
  readMap(readMapValue(value, "leafnodes"), leafnodeFields, leafnodes, reading);
  return leafnodes;
}
