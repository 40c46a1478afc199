import { httpError } from "../errors.ts";

/** How deep lists and objects of a body may stand in each other. Nothing that is asked for has more than ten. */
export const jsonDepthMax = 128;

/**
 * Refuses JSON that is so deep that a program which goes down into it fails. To be asked before it is parsed.
 *
 * @throws OxbowError `HTTP_REQUEST_INVALID`
 */
export function checkJsonDepth(text: string): void {
  let depth = 0;
  let isString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isString) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) isString = false;
    } else if (code === 0x22) isString = true;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > jsonDepthMax) {
        const message = `the body has more than ${jsonDepthMax} lists and objects in each other`;
        throw httpError("HTTP_REQUEST_INVALID", message);
      }
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
}
