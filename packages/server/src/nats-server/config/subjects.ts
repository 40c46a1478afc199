/** Whether `subject` has no empty token and no space, and `>` only at its end. */
export function isValidSubject(subject: string): boolean {
  if (subject === "" || /[\s]/.test(subject)) return false;
  const tokens = subject.split(".");
  return tokens.every(
    (token, index) => token !== "" && (token !== ">" || index === tokens.length - 1),
  );
}

/** Whether `subject` can be published to: a valid one without wildcards. */
export function isValidPublishSubject(subject: string): boolean {
  return (
    isValidSubject(subject) && !subject.split(".").some((token) => token === "*" || token === ">")
  );
}
