import { lenientRequests } from "./differential/lenient-requests.ts";
import { compareServers } from "./support/compare-servers.ts";

const config = "jetstream { strict: false }";
compareServers("Oxbow reads requests as leniently as nats-server", { config }, [
  ["requests with unknown members", lenientRequests],
]);
compareServers(
  "Oxbow refuses requests as nats-server does",
  { config: "jetstream { strict: true }" },
  [["requests with unknown members", lenientRequests]],
);
