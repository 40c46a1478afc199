import { api, createStream, type Request } from "../support/differential.ts";

/** Requests with members that nobody knows, and otherwise broken ones: for servers that are not strict about them. */
export const lenientRequests: readonly Request[] = [
  createStream({ name: "LAX", subjects: ["lax.>"], unknown: 1, storage: "memory" }),
  api("STREAM.UPDATE.LAX", '{"name":"LAX","subjects":["lax.>"],"storage":"memory","x":{"y":[1]}}'),
  api("STREAM.INFO.LAX", '{"nope":true}'),
  api("STREAM.INFO.LAX", '{"deleted_details":"yes"}'),
  api("STREAM.INFO.LAX", "{}{}"),
  api("STREAM.INFO.LAX", '{}{"x":1}'),
  api("STREAM.INFO.LAX", '{"x":1}{}'),
  api("STREAM.INFO.LAX", "{"),
  api("STREAM.INFO.LAX", "nope"),
  api("STREAM.INFO.LAX", "[]"),
  api("STREAM.LIST", '{"subject":"lax.>","nope":1}'),
  api("STREAM.NAMES", '{"subject":"lax.>","nope":1}'),
  api("CONSUMER.CREATE.LAX.c", {
    stream_name: "LAX",
    config: { durable_name: "c", ack_policy: "explicit", mem_storage: true, nope: 1 },
    more: 2,
  }),
  api("CONSUMER.CREATE.LAX.d", '{"stream_name":"LAX","config":{"durable_name":7,"nope":1}}'),
  api("CONSUMER.LIST.LAX", '{"offset":0,"nope":1}'),
  api("CONSUMER.NAMES.LAX", '{"offset":0,"nope":1}'),
  api("CONSUMER.PAUSE.LAX.c", '{"nope":1}'),
  api("STREAM.MSG.GET.LAX", '{"seq":1,"nope":1}'),
  api("STREAM.MSG.DELETE.LAX", '{"seq":1,"nope":1}'),
  api("STREAM.PURGE.LAX", '{"nope":1}'),
  api("STREAM.SNAPSHOT.LAX", '{"nope":1}'),
  api("STREAM.RESTORE.LAX", '{"nope":1}'),
  api("STREAM.CREATE.OTHER", '{"name":"OTHER","max_age":"1h","nope":1}'),
];
