const serviceReplyPrefix = Buffer.from("_R_.");
const gatewayReplyPrefix = Buffer.from("_GR_.");
const ackPrefix = Buffer.from("$JS.ACK.");
const raftPrefix = Buffer.from("$NRG.");
const dollar = 0x24;
const underscore = 0x5f;

/** Whether the reply subject in `[start, end)` is one only servers make, so that a client which uses it is refused. */
export function isReservedReply(buffer: Buffer, start: number, end: number): boolean {
  if (buffer[start] !== dollar && buffer[start] !== underscore) return false;
  return (
    hasPrefix(buffer, start, end, serviceReplyPrefix, 0) ||
    hasPrefix(buffer, start, end, ackPrefix, 1) ||
    hasPrefix(buffer, start, end, gatewayReplyPrefix, 1)
  );
}

/** Whether the subject in `[start, end)` is one only servers publish to. */
export function isReservedSubject(buffer: Buffer, start: number, end: number): boolean {
  if (buffer[start] !== dollar && buffer[start] !== underscore) return false;
  return (
    hasPrefix(buffer, start, end, gatewayReplyPrefix, 1) ||
    hasPrefix(buffer, start, end, raftPrefix, 0)
  );
}

/** Whether `[start, end)` begins with `prefix` and has at least `restMin` bytes after it. */
function hasPrefix(
  buffer: Buffer,
  start: number,
  end: number,
  prefix: Buffer,
  restMin: number,
): boolean {
  if (end - start < prefix.length + restMin) return false;
  for (let index = 0; index < prefix.length; index++) {
    if (buffer[start + index] !== prefix[index]) return false;
  }
  return true;
}
