/** What is wrong with an expression, and where. */
export class ExpressionMistake extends Error {
  /** In characters from its start. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
