import { isIPv4, isIPv6 } from "node:net";
import { hasOwnCredentials } from "./credentials-file.ts";
import type { ServerConfig } from "./server-config.ts";
import type { ConfigProblem, ConfigSource } from "./source.ts";

/** Problems that no option has alone. */
export function checkAcross(config: ServerConfig, merged: ConfigSource): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const originOf = (key: keyof ServerConfig, fallback: string): string =>
    merged.get(key)?.origin ?? fallback;

  if (config.user !== undefined && config.password === undefined) {
    const message = "a user needs a password: set OXBOW_PASSWORD or write --password <secret>";
    problems.push({ origin: originOf("user", "--user"), message });
  }
  if (config.password !== undefined && config.user === undefined) {
    const message = "a password needs a user: set OXBOW_USER or write --user <name>";
    problems.push({ origin: originOf("password", "--password"), message });
  }
  const hasUsers = config.user !== undefined || config.users.length > 0;
  if (config.token !== undefined && hasUsers) {
    const message = "a token and users exclude one another: leave one of the two out";
    problems.push({ origin: originOf("token", "--token"), message });
  }
  const hasCredentials = hasUsers || config.token !== undefined || hasOwnCredentials(config);
  if (!isLoopback(config.host) && !hasCredentials) {
    const origin = originOf("host", "--host");
    const command = `oxbow start --host ${config.host} --auth`;
    const message = `${config.host} is open to other machines and needs credentials: to have random ones made, write ${command}`;
    problems.push({ origin, message });
  }
  if (config.encryptionKey !== undefined && config.encryptionKeyFile !== undefined) {
    const message = "a key and a file with it exclude one another: leave one of the two out";
    problems.push({ origin: originOf("encryptionKeyFile", "--encryption-key-file"), message });
  }
  const hasKey = config.encryptionKey !== undefined || config.encryptionKeyFile !== undefined;
  if (config.encryptionPreviousKey !== undefined && !hasKey) {
    const message = "a key to be changed needs the new one: set OXBOW_ENCRYPTION_KEY_FILE";
    const origin = originOf("encryptionPreviousKey", "--encryption-previous-key");
    problems.push({ origin, message });
  }
  problems.push(...checkHttp(config, originOf("httpPort", "--http-port")));
  const [certificate, key] = [config.httpTlsCertificate, config.httpTlsKey];
  if ((certificate === undefined) !== (key === undefined)) {
    const [given, other] =
      key === undefined
        ? (["httpTlsCertificate", "--http-tls-key"] as const)
        : (["httpTlsKey", "--http-tls-cert"] as const);
    const message = `a certificate and its key belong together: write ${other} <path>`;
    problems.push({ origin: originOf(given, ""), message });
  }
  problems.push(...checkMemphis(config, originOf("memphisPort", "--memphis-port")));
  problems.push(...checkMemphisRest(config, originOf("memphisRestPort", "--memphis-rest-port")));
  if (config.payloadMax > config.pendingBytesMax) {
    const message = `a message of ${config.payloadMax} bytes would not fit into the ${config.pendingBytesMax} that may wait for a client: raise --max-pending`;
    problems.push({ origin: originOf("payloadMax", originOf("pendingBytesMax", "")), message });
  }
  return problems;
}

/** What is served over HTTP is the platform's. */
function checkHttp(
  { httpPort, port, platform, jetstream }: ServerConfig,
  origin: string,
): ConfigProblem[] {
  if (httpPort === undefined || httpPort === "off") return [];
  const problems: ConfigProblem[] = [];
  if (httpPort === port && port !== 0) {
    const message = `port ${port} is that of clients of NATS: write --http-port 9000`;
    problems.push({ origin, message });
  }
  if (!platform || !jetstream) {
    const missing = jetstream ? "--platform on" : "streams, which are off in the file";
    problems.push({ origin, message: `HTTP needs ${missing}` });
  }
  return problems;
}

/** What clients of Memphis can't do without. */
function checkMemphis(config: ServerConfig, origin: string): ConfigProblem[] {
  const { memphisPort, port, platform, jetstream } = config;
  if (memphisPort === undefined) return [];
  const problems: ConfigProblem[] = [];
  if (memphisPort === port && port !== 0) {
    const message = `port ${port} is that of all other clients: write --memphis-port 6666, for which SDKs of Memphis ask`;
    problems.push({ origin, message });
  }
  if (!platform || !jetstream) {
    const missing = jetstream ? "--platform on" : "streams, which are off in the file";
    problems.push({ origin, message: `clients of Memphis need ${missing}` });
  }
  return problems;
}

function checkMemphisRest(
  { memphisRestPort: rest, memphisPort, httpPort, port, platform, jetstream }: ServerConfig,
  origin: string,
): ConfigProblem[] {
  if (rest === undefined) return [];
  const problems: ConfigProblem[] = [];
  if (rest !== 0 && [port, memphisPort, httpPort].includes(rest)) {
    const message = `port ${rest} is that of other clients: write --memphis-rest-port 4444, where it is asked`;
    problems.push({ origin, message });
  }
  if (!platform || !jetstream) {
    const missing = jetstream ? "--platform on" : "streams, which are off in the file";
    problems.push({ origin, message: `the REST gateway of Memphis needs ${missing}` });
  }
  return problems;
}

/** Whether only this machine can reach an address. A name other than `localhost` counts as reachable by all. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true;
  if (isIPv4(host)) return host.startsWith("127.");
  return isIPv6(host) && /^(0*:)*:?0*1$/.test(host);
}
