import type { ExportOptions, ImportOptions } from "../options/accounts.ts";

/** Says whether the activation token of an import holds for an export: `exporter` gave it out, and has not revoked it. */
export type ActivationCheck = (
  exporter: string,
  importer: string,
  wanted: ImportOptions,
  offered: ExportOptions,
) => boolean;

/**
 * Whether `importer` may use an export: everybody may, unless it is limited to some accounts, needs a token, or demands
 * that a token of the subject is the importer's name.
 *
 * @param tokens - Those of the subject to import; `undefined` if it is the exported one, wildcards and all.
 */
export function mayImport(
  exporter: string,
  offered: ExportOptions,
  importer: string,
  wanted: ImportOptions,
  tokens: readonly string[] | undefined,
  isActivated: ActivationCheck | undefined,
): boolean {
  const { accounts, isTokenRequired = false, accountTokenPosition = 0 } = offered;
  if (accountTokenPosition > 0) return tokens?.[accountTokenPosition - 1] === importer;
  if (isTokenRequired) return isActivated?.(exporter, importer, wanted, offered) ?? false;
  return accounts === undefined || accounts.includes(importer);
}
