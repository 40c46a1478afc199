/** The answer to an offer that is taken: neither side keeps anything from one message to the next. */
export const deflateAnswer =
  "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const value = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+|"[!#$%&'*+.^_`|~0-9A-Za-z-]+")$/;

/**
 * Reads the extensions of a request (RFC 6455, section 9.1).
 *
 * @returns Whether compression is among them in a form that can be agreed on (RFC 7692, section 7.1); `undefined` if it
 * is no list of extensions.
 */
export function readDeflateOffer(header: string): boolean | undefined {
  if (header.trim() === "") return false;
  let isOffered = false;
  for (const extension of header.split(",")) {
    const [name = "", ...parameters] = extension.split(";").map((part) => part.trim());
    const pairs = parameters.map((parameter) => parameter.split("="));
    if (!token.test(name) || !pairs.every(isParameter)) return undefined;
    isOffered ||= name === "permessage-deflate" && pairs.every(canBeAgreedOn);
  }
  return isOffered;
}

function isParameter(pair: readonly string[]): boolean {
  const [name = "", text] = pair;
  return pair.length <= 2 && token.test(name) && (text === undefined || value.test(text));
}

/** A smaller window for what we send is not kept; what the client does with its own is its own business. */
function canBeAgreedOn([name, text]: readonly string[]): boolean {
  if (name === "client_max_window_bits")
    return text === undefined || /^"?(?:[89]|1[0-5])"?$/.test(text);
  const isSwitch = name === "server_no_context_takeover" || name === "client_no_context_takeover";
  return isSwitch && text === undefined;
}
