/** Subjects of one kind that are compared with one another; an account with more is refused (it takes a square of them). */
export const COMPARED_SUBJECTS_MAX: number = 4096;

/**
 * Whether the tokens of `inner` lie within those of `outer`, as the tools that make JWTs see it: wildcards of `inner` are
 * tokens like any other.
 */
export function isContainedIn(inner: readonly string[], outer: readonly string[]): boolean {
  const last = outer.length - 1;
  if (inner.length < outer.length) return false;
  if (inner.length > outer.length && outer[last] !== ">") return false;
  for (let index = 0; index <= last; index++) {
    const token = outer[index];
    if (index === last && token === ">") return true;
    if (token !== "*" && token !== inner[index]) return false;
  }
  return true;
}
