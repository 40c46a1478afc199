import { connect } from "oxbow";

/** A producer and a consumer in a process of their own, until somebody kills it: `node producing-process.ts <server>`. */
const ox = await connect({ servers: process.argv[2] ?? "", name: "to be killed" });
const orders = ox.station("orders");
await orders.producer({ name: "checkout" }).produce({ id: 1 });
await orders.consume({ group: "billing" }).next();
process.stdout.write("ready\n");
// It stays, without a word.
setInterval(() => undefined, 1_000);
