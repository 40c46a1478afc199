import { encodeAuthorizationResponse, encodeUser, type User } from "@nats-io/jwt";
import { createAccount, createCurve, type KeyPair } from "@nats-io/nkeys";
import { headers, type Msg, type NatsConnection } from "@nats-io/transport-node";

/** What a server asks. */
export interface CalloutRequest {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly exp: number;
  readonly iat: number;
  readonly nats: {
    readonly server_id: Readonly<Record<string, unknown>> & {
      readonly id: string;
      readonly xkey?: string;
    };
    readonly user_nkey: string;
    readonly client_info: Readonly<Record<string, unknown>>;
    readonly connect_opts: Readonly<Record<string, unknown>>;
    readonly client_tls?: Readonly<Record<string, unknown>>;
    readonly type: string;
    readonly version: number;
  };
}

/** What a service answers: a user, an error, or nothing at all; or exactly this. */
export type Decision =
  | {
      readonly user: Partial<User>;
      readonly aud?: string;
      readonly name?: string;
      readonly issuer?: KeyPair;
      readonly sub?: string;
      readonly server?: string;
      readonly exp?: number;
      readonly scoped?: boolean;
    }
  | { readonly error: string }
  | "nothing"
  | "silence";

type CurveKey = ReturnType<typeof createCurve>;

/** A service that decides who comes in, by what `decide` says. */
export class CalloutService {
  readonly issuer: KeyPair = createAccount();
  readonly curve: CurveKey = createCurve();
  /** What was asked since it was last looked at. */
  readonly requests: CalloutRequest[] = [];
  decide: (request: CalloutRequest) => Decision = () => "nothing";
  /** Whether answers are sealed. */
  seals = false;

  /** Begins to answer what comes to `client`. */
  serve(client: NatsConnection): void {
    client.subscribe("$SYS.REQ.USER.AUTH", {
      callback: (_error, message) => void this.#answer(message),
    });
  }

  async #answer(message: Msg): Promise<void> {
    const serverKey = message.headers?.get("Nats-Server-Xkey") ?? "";
    const token = serverKey === "" ? message.data : this.curve.open(message.data, serverKey);
    const request = decodeRequest(Buffer.from(token ?? []).toString());
    this.requests.push(request);
    const answer = await this.#encode(request);
    if (answer === undefined) return;
    const bytes = Buffer.from(answer);
    const payload = this.seals && bytes.length > 0 ? this.curve.seal(bytes, serverKey) : bytes;
    message.respond(payload, { headers: headers() });
  }

  async #encode({ nats }: CalloutRequest): Promise<string | undefined> {
    const decision = this.decide(this.requests.at(-1) as CalloutRequest);
    if (decision === "silence") return undefined;
    if (decision === "nothing") return "";
    const { id } = nats.server_id;
    if ("error" in decision) {
      const data = { error: decision.error };
      return await encodeAuthorizationResponse(nats.user_nkey, id, this.issuer, data, {});
    }
    const {
      user,
      aud,
      name = "",
      issuer = this.issuer,
      sub = nats.user_nkey,
      server = id,
    } = decision;
    const options = {
      ...(aud !== undefined && { aud }),
      ...(decision.exp !== undefined && { exp: decision.exp }),
      ...(decision.scoped === true && { scopedUser: true }),
    };
    const jwt = await encodeUser(name, sub, issuer, user, options);
    return await encodeAuthorizationResponse(sub, server, this.issuer, { jwt }, {});
  }
}

function decodeRequest(token: string): CalloutRequest {
  const [, body = ""] = token.split(".");
  return JSON.parse(Buffer.from(body, "base64url").toString()) as CalloutRequest;
}
