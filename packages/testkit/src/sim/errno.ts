/** An error as Node makes them of failed system calls: the text starts with the code, and `code` is a field. */
export function errnoError(code: string, text: string, fields: object = {}): Error {
  return Object.assign(new Error(`${code}: ${text}`), { code, ...fields });
}
