/** Who owns the journal: adds what changed just before a commit, and describes everything when a file begins. */
export interface JournalOwner {
  /** Bytes that a journal file should hold at least, so that the checkpoint after it is worth its cost. */
  readonly journalSizeWanted: number;
  /** Stages the records of whatever is dirty. */
  stageChanges(): void;
  /** Stages records that hold the whole state of the store but for its messages. */
  stageSnapshot(): void;
  /** A commit has ended, and every participant in it was told. */
  onCommitted(): void;
  /** The journal goes on in file `number`, durably: everything in earlier files is committed. */
  onRotated(number: number): void;
  /** Writing failed: the outcome of what was staged is unknown, nothing more will be committed. */
  onFailed(error: Error): void;
}
