/** Statuses of a close frame that are given here (RFC 6455, section 7.4.1). */
export const statusOf = {
  normal: 1000,
  protocolError: 1002,
  invalidPayload: 1007,
  tooBig: 1009,
} as const;
