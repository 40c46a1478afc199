/** A token of a JSON pointer (RFC 6901 §3), with the slash before it. */
export function pointerToken(name: string | number): string {
  const text = String(name);
  return `/${text.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/**
 * Found deep inside a message: why it does not fit. Each level that it passes through on its way out puts its name
 * before the path, so that messages that fit pay nothing for paths.
 */
export class Misfit extends Error {
  override readonly name = "Misfit";
  readonly rule: string;
  path = "";

  constructor(rule: string, message: string) {
    super(message);
    this.rule = rule;
  }

  /** Puts the name of a part before the path, and returns itself to be thrown again. */
  within(name: string | number): this {
    this.path = pointerToken(name) + this.path;
    return this;
  }
}

/** Runs a check of a part; what does not fit in it is found below `name`. */
export function located(error: unknown, name: string | number): unknown {
  return error instanceof Misfit ? error.within(name) : error;
}
