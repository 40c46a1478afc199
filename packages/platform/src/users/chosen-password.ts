import { platformError } from "oxbow/internal";

/**
 * Refuses a password that whoever guesses tries first: one of the 49,000 commonest, or little more than a name that stands
 * beside it (ASVS 6.2.4, 6.2.11). To be asked about what people choose; how long it is, its shape says.
 *
 * @param context - Names of the user and of where it belongs.
 * @throws OxbowError `USER_INVALID`
 */
export async function checkChosenPassword(
  password: string,
  context: readonly string[],
): Promise<void> {
  const plain = password.toLowerCase();
  // Without the digits and signs that are put around a word to have some.
  const word = plain.replaceAll(/^[^a-z]+|[^a-z]+$/g, "");
  const commonest = await (list ??= readList());
  if (commonest.has(plain)) {
    throw refused("it is one of the commonest, which are tried first");
  }
  const name = [...context, "oxbow", "password"]
    .map((each) => each.toLowerCase())
    .find((each) => each !== "" && (word === each || plain === each || plain === `${each}${each}`));
  if (name !== undefined) throw refused(`it is little more than ${JSON.stringify(name)}`);
}

function refused(why: string): Error {
  return platformError("USER_INVALID", `password: choose another one: ${why}`);
}

/** Some 400 KiB, and read when somebody chooses a password for the first time. */
let list: Promise<ReadonlySet<string>> | undefined;

async function readList(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"] as readonly string[]);
}
