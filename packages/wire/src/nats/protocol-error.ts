/**
 * Why a parser refused its input. After any of them the stream cannot be resynchronised: the connection is closed.
 *
 * - `unknown-operation`: bytes that begin no operation, or a payload that is not followed by CRLF.
 * - `connect-required`: another operation than CONNECT while {@link ClientParser.connectRequired} is set.
 * - `control-line-exceeded`: the arguments of a control line are longer than `controlLineMax`.
 * - `payload-exceeded`: the control line announces a payload above `payloadMax`.
 * - `malformed`: wrong number of arguments, a bad size, headers larger than the message, or headers that were not
 *   agreed on.
 */
export type ProtocolErrorKind =
  | "unknown-operation"
  | "connect-required"
  | "control-line-exceeded"
  | "payload-exceeded"
  | "malformed";

/**
 * What a server tells the client before it closes the connection, in nats-server's exact words; `undefined` where
 * it closes without one. Clients match these texts.
 */
export const PROTOCOL_ERROR_TEXTS: Readonly<Record<ProtocolErrorKind, string | undefined>> = {
  "unknown-operation": "Unknown Protocol Operation",
  "connect-required": "Authorization Violation",
  "control-line-exceeded": "maximum control line exceeded",
  "payload-exceeded": "Maximum Payload Violation",
  malformed: undefined,
};
