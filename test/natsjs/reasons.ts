/** Why a test of nats.js can't pass on one node, by its name or the beginning of it. Nothing else may fail. */
export const reasons: readonly { readonly test: RegExp; readonly why: string }[] = [
  {
    test: /^events - (?:disreconnect|ignore server updates|update|ldm)$/,
    why: "joins several servers by routes",
  },
  { test: /^cluster - /, why: "joins several servers by routes" },
  {
    test: /^streams - mirrors$|^jetstream - mirror alternates/,
    why: "joins several servers by routes",
  },
  { test: /^jetstream - repub on 503/, why: "joins four servers by routes, and kills the leader" },
  { test: /^kv - replicas/, why: "joins three servers by routes" },
  {
    test: /^os - objm creates right number of replicas/,
    why: "joins three servers by routes",
  },
  { test: /^kv - mirror cross domain/, why: "joins two servers as leaf nodes" },
  { test: /^objectstore - hashtests/, why: "fetches its data from raw.githubusercontent.com" },
];
