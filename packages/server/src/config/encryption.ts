import { readFileSync } from "node:fs";
import type { EncryptionOptions } from "@oxbow/engine";
import { unreadableConfigFile } from "./errors.ts";
import type { ServerConfig } from "./server-config.ts";

const ciphers = { aes: "aes-256-gcm", chacha: "chacha20-poly1305" } as const;

/**
 * How the data directory is encrypted; `undefined` without a key.
 *
 * @throws OxbowError `CONFIG_FILE_UNREADABLE` if the file with the key can't be read.
 */
export function encryptionOptions(config: ServerConfig): EncryptionOptions | undefined {
  const { encryptionKeyFile: path, encryptionPreviousKey: previous, encryptionCipher } = config;
  const key = path === undefined ? config.encryptionKey : readKey(path);
  if (key === undefined) return undefined;
  return {
    key: Buffer.from(key),
    previousKey: previous === undefined ? undefined : Buffer.from(previous),
    cipher: ciphers[encryptionCipher],
  };
}

function readKey(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw unreadableConfigFile(path, cause, "--encryption-key-file");
  }
}
