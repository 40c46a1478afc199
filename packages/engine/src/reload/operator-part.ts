import type { OperatorMode } from "../auth/jwt/operator-mode.ts";
import type { ReloadPart } from "./reload-part.ts";

/** Takes up the accounts of the configuration, where JWTs of operators say who may connect. */
export function operatorPart(operator: OperatorMode | undefined): ReloadPart {
  return {
    options: ["auth", "trustedProxies"],
    prepare: ({ auth, trustedProxies = [] }) => {
      if (operator === undefined || auth.mode !== "operator") return () => {};
      return operator.prepareReload(auth.operator, trustedProxies);
    },
  };
}
