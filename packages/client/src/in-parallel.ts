/** Requests to the server that one call has under way. */
const requestsMax = 64;

/** Asks for each item, at most {@link requestsMax} at a time; answers in the order of the items. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) answers[index] = await ask(item);
  };
  await Promise.all(Array.from({ length: Math.min(requestsMax, items.length) }, work));
  return answers;
}
