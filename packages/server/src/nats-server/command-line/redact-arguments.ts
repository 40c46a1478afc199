const hidden = "[REDACTED]";
const secretFlag = /^--?(user|pass|auth)(=|$)/;
const addressFlag = /^--?(routes|cluster|cluster_listen)(=|$)/;

/** The arguments of a command without the secrets in them: those of flags, and of URLs in flags. */
export function redactArguments(argv: readonly string[]): string[] {
  return argv.map((argument, index) => {
    const before = argv[index - 1] ?? "";
    if (isNameOf(before, secretFlag)) return hidden;
    if (isNameOf(before, addressFlag)) return withoutUsers(argument);
    if (addressFlag.test(argument)) return withoutUsers(argument);
    const flag = secretFlag.exec(argument);
    return flag?.[2] === "=" ? flag[0] + hidden : argument;
  });
}

/** Whether an argument is a flag whose value is the next one. */
function isNameOf(argument: string, flag: RegExp): boolean {
  return flag.exec(argument)?.[2] === "";
}

function withoutUsers(urls: string): string {
  return urls.replaceAll(/\/\/[^/,]*@/g, `//${hidden}@`);
}
