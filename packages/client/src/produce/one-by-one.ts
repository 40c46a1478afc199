import type { Acknowledgement } from "./acknowledgement.ts";
import { BatchOutcome } from "./batch-outcome.ts";
import type { Payloads } from "./payloads.ts";

/** Produces the messages of a batch each by itself, where they can't go out together. */
export async function producedOneByOne(
  { bytes, count, starts, ends }: Payloads,
  produce: (payload: Uint8Array, index: number) => Promise<Acknowledgement>,
): Promise<BatchOutcome> {
  const outcome = new BatchOutcome(count);
  const all = Array.from({ length: count }, (_, index) => index);
  await noteEach(outcome, all, (index) =>
    produce(bytes.subarray(starts[index], ends[index]), index),
  );
  return outcome;
}

/** Says of each in the outcome what becomes of it. */
export async function noteEach(
  outcome: BatchOutcome,
  indexes: readonly number[],
  produce: (index: number) => Promise<Acknowledgement>,
): Promise<void> {
  const note = async (index: number): Promise<void> => {
    try {
      const { partition, sequence, isDuplicate } = await produce(index);
      outcome.partitions[index] = partition;
      outcome.sequences[index] = sequence;
      if (isDuplicate) outcome.duplicates.add(index);
    } catch (error) {
      outcome.errors.set(index, error as Error);
    }
  };
  await Promise.all(indexes.map(note));
}
