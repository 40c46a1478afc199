/**
 * What a schema may be at most, so that compiling one that somebody untrusted wrote neither hangs nor takes the memory,
 * and no message can keep the check busy.
 */
export interface SchemaLimits {
  /** Bytes of the text of a schema with all its references. */
  readonly textBytesMax: number;
  /** Schemas that one schema may refer to, directly or through others. */
  readonly referencesMax: number;
  /** Values in a JSON Schema, types and fields in the others. */
  readonly nodesMax: number;
  /** How deep a schema, a message or a type in it may be nested. */
  readonly depthMax: number;
  /** Characters of a regular expression. */
  readonly patternCharsMax: number;
  /** Tokens of a GraphQL schema. */
  readonly graphqlTokensMax: number;
  /** Tokens of a message in GraphQL: its check compares fields with each other. */
  readonly graphqlMessageTokensMax: number;
  /**
   * Work that the check of one message may take, in evaluations of a part of the schema: so many whatever its size, and
   * so many more for each of its bytes.
   */
  readonly workBase: number;
  readonly workPerByte: number;
}

export const schemaLimits: SchemaLimits = {
  textBytesMax: 512 * 1024,
  referencesMax: 100,
  nodesMax: 20_000,
  depthMax: 100,
  patternCharsMax: 1024,
  graphqlTokensMax: 20_000,
  graphqlMessageTokensMax: 1000,
  workBase: 100_000,
  workPerByte: 8,
};
