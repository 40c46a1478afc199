/** What a search, or a download, may take. */
interface SearchLimits {
  /** Searches and downloads at a time, of all who ask. */
  readonly searchesMax: number;
  /** Messages that are found by one request, and that it looks at; its cursor goes on. */
  readonly hitsMax: number;
  readonly scannedMax: number;
  /** Messages and bytes of payloads that are read at a time, all partitions together, and of each at least. */
  readonly blockMessagesMax: number;
  readonly blockMessagesMin: number;
  readonly blocksBytesMax: number;
  readonly blockBytesMin: number;
  /** How long a search works before it lets others have the processor. */
  readonly sliceMs: number;
  /** How often it says how far it is. */
  readonly progressMs: number;
  /** Headers that are demanded. */
  readonly headersMax: number;
  readonly textCharsMax: number;
  /** Characters of an expression, and what it may be made of. */
  readonly expressionCharsMax: number;
  readonly expressionNodesMax: number;
  /** Bytes of a message whose value an expression may look at. */
  readonly valueBytesMax: number;
  /** Steps that an expression may take for one message, about a microsecond each. */
  readonly workMax: number;
  /** Messages and bytes of payloads of a download. */
  readonly exportMessagesMax: number;
  readonly exportBytesMax: number;
  /** Messages that are named in a download. */
  readonly picksMax: number;
}

export const searchLimits: SearchLimits = {
  searchesMax: 16,
  hitsMax: 1_000,
  scannedMax: 2_000_000,
  blockMessagesMax: 500,
  blockMessagesMin: 25,
  blocksBytesMax: 4 * 1024 * 1024,
  blockBytesMin: 256 * 1024,
  sliceMs: 8,
  progressMs: 250,
  headersMax: 8,
  textCharsMax: 1_000,
  expressionCharsMax: 2_000,
  expressionNodesMax: 500,
  valueBytesMax: 256 * 1024,
  workMax: 150_000,
  exportMessagesMax: 100_000,
  exportBytesMax: 256 * 1024 * 1024,
  picksMax: 500,
};
