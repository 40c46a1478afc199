/** What is asked of monitoring makes no sense; the message is nats-server's. */
export class BadRequest extends Error {}
