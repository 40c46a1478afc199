import type { PasswordChange } from "oxbow/control";
import { platformError } from "oxbow/internal";
import { checkChosenPassword } from "./chosen-password.ts";
import { readPassword } from "./requests.ts";

/**
 * Refuses what somebody may not give himself as another password.
 *
 * @param context - Names of the user and of where it belongs.
 * @param isCurrent - Whether a password is the present one.
 * @throws OxbowError `PASSWORD_WRONG`, `USER_INVALID`
 */
export async function checkNextPassword(
  { current, password }: PasswordChange,
  context: readonly string[],
  isCurrent: (text: string) => Promise<boolean>,
): Promise<void> {
  if (!(await isCurrent(current))) throw wrongPassword();
  await checkChosenPassword(readPassword(password), context);
  if (password !== current) return;
  throw platformError("USER_INVALID", "password: choose another one: it is the present one");
}

export function wrongPassword(): Error {
  return platformError("PASSWORD_WRONG", "current: this is not your password: write it again");
}
