import type { Notice } from "oxbow/control";
import type { StoredEmail } from "../documents.ts";
import { notificationLimits } from "../limits.ts";
import type { AddressGuard } from "./address-guard.ts";
import { SendFailure } from "./send-failure.ts";
import { mailText } from "./texts.ts";

const { answerTimeoutMs: timeoutMs } = notificationLimits;

/**
 * Sends a notice by e-mail. The library for it is loaded with the first one.
 *
 * @returns What became of it, in a line.
 * @throws SendFailure
 */
export async function sendEmail(
  email: StoredEmail,
  notice: Notice,
  guard: AddressGuard,
): Promise<string> {
  const { host, port, security, user, password, from, to } = email;
  const { address } = await guard.addressOf(host);
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host: address,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user !== null && password !== null && { auth: { user, pass: password } }),
    // The certificate is to be that of the name, not of the address.
    tls: { servername: host.includes(":") ? "" : host },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { accepted, rejected } = await transport.sendMail({
      from,
      to: [...to],
      subject: `[Oxbow] ${notice.title}`,
      text: mailText(notice),
      messageId: `<${notice.id}@notifications.oxbow>`,
      date: new Date(notice.at),
    });
    const refused = rejected.length === 0 ? "" : `, refused for ${rejected.join(", ")}`;
    return `taken for ${accepted.join(", ")}${refused}`;
  } catch (error) {
    throw failureOf(host, error);
  } finally {
    transport.close();
  }
}

/** Servers of mail say with 5xx that it is of no use to try again. */
function failureOf(host: string, error: unknown): SendFailure {
  const { code, responseCode, response, message } = error as {
    readonly code?: string;
    readonly responseCode?: number;
    readonly response?: string;
    readonly message?: string;
  };
  const isFinal = code === "EAUTH" || (responseCode ?? 0) >= 500;
  const said = code === "EAUTH" ? "it refuses user and password" : (response ?? message ?? code);
  return new SendFailure(`${host} does not take mail: ${said}`, isFinal);
}
