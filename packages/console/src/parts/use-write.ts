import {
  type InvalidateQueryFilters,
  type UseMutationResult,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

/** Writes something. Once it is done, what is stale by it is asked for again, and then comes what follows. */
export function useWrite<Input = void, Output = unknown>(
  write: (input: Input) => Promise<Output>,
  after: {
    readonly stale: InvalidateQueryFilters;
    readonly onDone?: (output: Output) => unknown;
  },
): UseMutationResult<Output, Error, Input> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: async (output) => {
      await queries.invalidateQueries(after.stale);
      await after.onDone?.(output);
    },
  });
}
