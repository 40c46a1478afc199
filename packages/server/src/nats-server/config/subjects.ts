/** Whether `subject` has no empty token and no space, and `>` only at its end. */
export function isValidSubject(subject: string): boolean {
  if (subject === "" || /[\s]/.test(subject)) return false;
  const tokens = subject.split(".");
  return tokens.every(
    (token, index) => token !== "" && (token !== ">" || index === tokens.length - 1),
  );
}
