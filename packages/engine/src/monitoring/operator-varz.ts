import { undecorate } from "../auth/jwt/decorated.ts";
import { operatorClaims } from "../auth/jwt/operator-claims.ts";
import type { Engine } from "../engine.ts";

/** What `/varz` says of the operators that are trusted: their JWTs as they are, and what these say. */
export function operatorVarz({ options: { auth }, operator }: Engine): object {
  const claims = operator?.trust.operators ?? [];
  if (auth.mode !== "operator" || claims.length === 0) return {};
  return {
    trusted_operators_jwt: auth.operator.operators.map(undecorate),
    trusted_operators_claim: claims.map((one) => operatorClaims.shape(one.nats.version).write(one)),
  };
}
