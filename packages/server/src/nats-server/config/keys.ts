import { exportFields } from "./account-exports.ts";
import { importFields } from "./account-imports.ts";
import { accountJetStreamFields } from "./account-jetstream.ts";
import { accountFields } from "./accounts.ts";
import { authorizationFields } from "./authorization.ts";
import { calloutFields } from "./callout.ts";
import { jetstreamFields, jetstreamLimitFields } from "./jetstream.ts";
import { leafnodeFields } from "./leafnodes.ts";
import { clusterFields, gatewayFields } from "./other-servers.ts";
import { permissionFields } from "./permissions.ts";
import { tlsFields } from "./tls.ts";
import { topLevelFields } from "./top-level.ts";
import { userFields } from "./users.ts";
import { websocketFields } from "./websocket.ts";

/** Every key that a file may have, in all its spellings, by the block it stands in; `top` is the file itself. */
export const configKeys: Readonly<Record<string, readonly string[]>> = {
  top: Object.keys(topLevelFields),
  authorization: Object.keys(authorizationFields),
  auth_callout: Object.keys(calloutFields),
  users: Object.keys(userFields),
  permissions: Object.keys(permissionFields),
  accounts: Object.keys(accountFields),
  "accounts jetstream": Object.keys(accountJetStreamFields),
  exports: Object.keys(exportFields),
  imports: Object.keys(importFields),
  jetstream: Object.keys(jetstreamFields),
  "jetstream limits": Object.keys(jetstreamLimitFields),
  tls: Object.keys(tlsFields),
  websocket: Object.keys(websocketFields),
  leafnodes: Object.keys(leafnodeFields),
  cluster: Object.keys(clusterFields),
  gateway: Object.keys(gatewayFields),
};
