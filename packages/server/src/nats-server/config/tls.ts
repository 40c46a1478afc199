import type { TlsOptions } from "@oxbow/engine";
import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import { loadAuthorities, loadCertificate } from "./certificates.ts";
import { curveNames, findCipherSuite } from "./cipher-suites.ts";
import type { Draft } from "./draft.ts";
import { parseGoDurationMs } from "./go-duration.ts";
import { aliases, type Field, type Fields, type Reading, readMap } from "./reading.ts";
import {
  boolean,
  readArray,
  readBoolean,
  readDurationOrSeconds,
  readInteger,
  readMapValue,
  readText,
  text,
  unfit,
} from "./values.ts";

/** What a `tls` block says, its files not yet read. */
export interface TlsDraft extends Draft<Omit<TlsOptions, "certificates" | "authorities">> {
  certificateFile?: string | undefined;
  keyFile?: string | undefined;
  pairs?: readonly { readonly certificateFile: string; readonly keyFile: string }[];
  authoritiesFile?: string | undefined;
  insecureSuites?: readonly string[];
  allowsInsecureSuites?: boolean;
}

const handshakeWords: Readonly<Record<string, boolean | "auto">> = {
  true: true,
  on: true,
  false: false,
  off: false,
  auto: "auto",
  auto_fallback: "auto",
};

const handshakeFirst: Field<TlsDraft> = (tls, value, _reading, entry) => {
  if (value.kind === "boolean") {
    tls.handshakeFirst = value.value;
    return;
  }
  if (value.kind !== "string") {
    const kind = describeConfKind(value);
    throw unfit(value, `field "${entry.key}" should be a boolean or a string, not ${kind}`);
  }
  const word = value.value.toLowerCase();
  if (Object.hasOwn(handshakeWords, word)) {
    tls.handshakeFirst = handshakeWords[word];
    return;
  }
  const fallbackMs = parseGoDurationMs(value.value);
  if (fallbackMs === undefined) {
    throw unfit(value, `field "${entry.key}"'s value "${value.value}" is invalid`);
  }
  tls.handshakeFirst = "auto";
  tls.autoFallbackMs = fallbackMs;
};

const cipherSuites: Field<TlsDraft> = (tls, value, reading, entry) => {
  const items = readArray(value, entry.key);
  if (items.length === 0) {
    throw unfit(value, "error parsing tls config, 'cipher_suites' cannot be empty");
  }
  const insecure: string[] = [];
  tls.cipherSuites = items.flatMap((item) => {
    const name = readText(item, entry.key);
    const suite = findCipherSuite(name);
    if (suite === undefined) throw unfit(item, `unrecognized cipher ${name}`);
    if (suite.isInsecure === true) insecure.push(name);
    if (suite.openSsl !== undefined) return suite.openSsl;
    reading.findings.note(`cipher suite ${name} is broken and left out`);
    return [];
  });
  if (tls.cipherSuites.length === 0) {
    throw unfit(value, "all of these cipher suites are broken and left out: name others");
  }
  tls.insecureSuites = insecure;
};

const curves: Field<TlsDraft> = (tls, value, _reading, entry) => {
  const items = readArray(value, entry.key);
  if (items.length === 0) {
    throw unfit(value, "error parsing tls config, 'curve_preferences' cannot be empty");
  }
  tls.curves = items.map((item) => {
    const name = readText(item, entry.key);
    const curve = Object.hasOwn(curveNames, name) ? curveNames[name] : undefined;
    if (curve === undefined) throw unfit(item, `unrecognized curve preference ${name}`);
    return curve;
  });
};

const pinnedCertificates: Field<TlsDraft> = (tls, value, _reading, entry) => {
  tls.pinnedCertificates = readArray(value, entry.key).map((item) => {
    const hash = readText(item, entry.key).toLowerCase();
    if (/^[\da-f]{64}$/.test(hash)) return hash;
    throw unfit(
      item,
      `error parsing tls config, 'pinned_certs' key ${hash} does not look like hex-encoded sha256 of DER encoded SubjectPublicKeyInfo`,
    );
  });
};

const pairs: Field<TlsDraft> = (tls, value, _reading, entry) => {
  tls.pairs = readArray(value, entry.key).map((item) => {
    const files: Record<string, string> = {};
    for (const file of readMapValue(item, entry.key).values()) {
      if (file.key !== "cert_file" && file.key !== "key_file") {
        throw unfit(file.value, `error parsing tls certs config, unknown field "${file.key}"`);
      }
      files[file.key] = readText(file.value, file.key);
    }
    const { cert_file: certificateFile = "", key_file: keyFile = "" } = files;
    if (certificateFile === "" || keyFile === "") {
      throw unfit(
        item,
        "error parsing certificates config: both 'cert_file' and 'key_file' options are required",
      );
    }
    return { certificateFile, keyFile };
  });
};

const versions: Readonly<Record<string, TlsOptions["versionMin"]>> = {
  "1.2": "TLSv1.2",
  "1.3": "TLSv1.3",
};

/** Keys of Windows, and checks that need another server to be asked. */
const refused =
  (reason: string): Field<TlsDraft> =>
  (_tls, value, _reading, entry) => {
    // Switched off it asks for nothing.
    if (value.kind === "boolean" && !value.value) return;
    throw unfit(value, `tls ${entry.key}: not supported: ${reason}`);
  };

export const tlsFields: Fields<TlsDraft> = {
  cert_file: text((tls, value) => {
    tls.certificateFile = value;
  }),
  key_file: text((tls, value) => {
    tls.keyFile = value;
  }),
  ca_file: text((tls, value) => {
    tls.authoritiesFile = value;
  }),
  ...aliases(["certs", "certificates"], pairs),
  verify: boolean((tls, value) => {
    tls.verify = value;
  }),
  verify_and_map: boolean((tls, value) => {
    if (value) tls.verify = true;
    tls.mapsUsers = value;
  }),
  // It is about certificates of servers, and this one connects to none.
  insecure: (_tls, value, _reading, entry) => void readBoolean(value, entry.key),
  allow_insecure_cipher_suites: boolean((tls, value) => {
    tls.allowsInsecureSuites = value;
  }),
  cipher_suites: cipherSuites,
  curve_preferences: curves,
  timeout: (tls, value, _reading, entry) => {
    // 0 is as good as nothing said.
    tls.timeoutMs = readDurationOrSeconds(value, entry.key) || undefined;
  },
  connection_rate_limit: (tls, value, _reading, entry) => {
    tls.connectionRateMax = readInteger(value, entry.key);
  },
  pinned_certs: pinnedCertificates,
  ...aliases(["handshake_first", "first", "immediate"], handshakeFirst),
  min_version: (tls, value, _reading, entry) => {
    const version =
      versions[
        readText(value, entry.key)
          .toLowerCase()
          .replace(/^v|^tlsv?/, "")
      ];
    if (version === undefined) {
      throw unfit(value, 'error parsing tls config: min_version must be "1.2" or "1.3"');
    }
    tls.versionMin = version;
  },
  verify_cert_and_check_known_urls: refused("it is for clusters"),
  ocsp_peer: refused("certificates are not checked with their issuers"),
  ...aliases(
    ["cert_store", "cert_match_by", "cert_match", "ca_certs_match", "cert_match_skip_invalid"],
    refused("certificate stores are Windows': use cert_file and key_file"),
  ),
};

/**
 * A `tls` block of a door, with the files it names; `undefined` where keys of it are wrong.
 *
 * @param isDoor - Whether clients come in by it, so that it needs a certificate. Default: yes.
 * @throws UnfitValue where the keys do not fit together, or a file can't be used.
 */
export function readTls(value: ConfValue, reading: Reading, isDoor = true): TlsOptions | undefined {
  const draft: TlsDraft = {};
  const unknown = (key: string): string => `error parsing tls config, unknown field "${key}"`;
  if (!readMap(readMapValue(value, "tls"), tlsFields, draft, reading, unknown)) return undefined;
  try {
    return loadTls(draft, reading, isDoor);
  } catch (error) {
    throw unfit(value, (error as Error).message);
  }
}

/**
 * Reads the files that a block or flags name.
 *
 * @throws Error whose text says what is wrong.
 */
export function loadTls(draft: TlsDraft, { files }: Reading, isDoor = true): TlsOptions {
  const { certificateFile = "", keyFile = "", pairs = [], authoritiesFile, ...rest } = draft;
  const { insecureSuites = [], allowsInsecureSuites = false, ...options } = rest;
  if (pairs.length > 0 && certificateFile !== "") {
    throw new Error(
      "error parsing tls config, cannot combine 'cert_file' option with 'certs' option",
    );
  }
  if (insecureSuites.length > 0 && !allowsInsecureSuites) {
    const names = insecureSuites.join(", ");
    throw new Error(
      `insecure cipher suites configured without 'allow_insecure_cipher_suites' option set: ${names}`,
    );
  }
  if (certificateFile !== "" && keyFile === "") {
    throw new Error("missing 'key_file' in TLS configuration");
  }
  if (certificateFile === "" && keyFile !== "") {
    throw new Error("missing 'cert_file' in TLS configuration");
  }
  const all = certificateFile === "" ? pairs : [{ certificateFile, keyFile }];
  if (isDoor && all.length === 0)
    throw new Error("TLS needs a certificate: write cert_file and key_file");
  const certificates = all.map((pair, index) => {
    try {
      return loadCertificate(files, pair.certificateFile, pair.keyFile);
    } catch (error) {
      const which = all.length === 1 ? "" : ` ${index + 1}/${all.length}`;
      throw new Error(
        `error parsing X509 certificate/key pair${which}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  });
  return {
    ...options,
    certificates,
    ...(authoritiesFile !== undefined &&
      authoritiesFile !== "" && { authorities: loadAuthorities(files, authoritiesFile) }),
  };
}
