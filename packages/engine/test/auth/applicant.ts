import type { Applicant, Credentials } from "../../src/auth/identity.ts";

/** Somebody at the door of plain TCP who shows `credentials`. */
export function applicantWith(
  credentials: Partial<Credentials> = {},
  rest: Partial<Omit<Applicant, "credentials">> = {},
): Applicant {
  return {
    credentials: {
      user: "",
      password: "",
      token: "",
      nkey: "",
      signature: "",
      jwt: "",
      proxySignature: "",
      ...credentials,
    },
    door: "STANDARD",
    nonce: "",
    clientId: 1,
    address: "127.0.0.1",
    tls: undefined,
    certificate: undefined,
    name: "",
    lang: "",
    version: "",
    protocol: 1,
    ...rest,
  };
}
