export { formatAddress, isMappedIpv4, parseAddress } from "./ip-address.ts";
export { PROXY_HEADER_SIZE_MAX } from "./limits.ts";
export { type ProxyHeader, type ProxySource, readProxyHeader } from "./proxy-header.ts";
