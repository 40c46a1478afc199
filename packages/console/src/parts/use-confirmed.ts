import { type InvalidateQueryFilters, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConfirmProps } from "./confirm.tsx";

export interface Confirmed<Subject, Answer> {
  /** What was asked about last: it stays while the question fades. */
  readonly subject: Subject | undefined;
  readonly ask: (subject: Subject) => void;
  readonly answer: Answer | undefined;
  /** What `Confirm` has to be told of it. */
  readonly confirm: Pick<ConfirmProps, "isOpen" | "onClose" | "onConfirm" | "isPending" | "error">;
}

/** Something that is done to one of several things, once somebody has said yes to it. */
export function useConfirmed<Subject = void, Answer = unknown>(
  act: (subject: Subject) => Promise<Answer>,
  after: {
    /** What is asked for again, also where it failed: somebody else may have been first. */
    readonly stale: InvalidateQueryFilters;
    /** What comes once it is done, and before anything is asked for again. */
    readonly onDone?: (answer: Answer) => Promise<void>;
  },
): Confirmed<Subject, Answer> {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<{ readonly of: Subject }>();
  const [isOpen, setOpen] = useState(false);
  const doing = useMutation({
    mutationFn: act,
    onSuccess: async (answer) => {
      setOpen(false);
      await after.onDone?.(answer);
    },
    onSettled: () => queries.invalidateQueries(after.stale),
  });
  return {
    subject: asked?.of,
    ask: (of) => {
      doing.reset();
      setAsked({ of });
      setOpen(true);
    },
    answer: doing.data,
    confirm: {
      isOpen,
      onClose: () => setOpen(false),
      onConfirm: () => asked !== undefined && doing.mutate(asked.of),
      isPending: doing.isPending,
      error: doing.error,
    },
  };
}
