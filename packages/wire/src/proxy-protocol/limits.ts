/** Largest header in bytes. Version 2 could say 64 KiB, of which proxies use a few hundred. */
export const PROXY_HEADER_SIZE_MAX: number = 16 * 1024;

/** Longest header of version 1, line ending included. */
export const PROXY_LINE_SIZE_MAX = 107;
