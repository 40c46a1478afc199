import { z } from "zod";

/** What was told of one thing that a rule is about, such as a group that is behind. */
export interface ThingState {
  readonly station: string | null;
  readonly group: string | null;
  /** Until then nothing more is told of it. */
  readonly untilMs: number;
  /** Events since, which the next notice counts, and what the last of them was. */
  readonly left: number;
  readonly last: string;
  /** Whether it is about what is so for a while, not about what happens. */
  readonly isState: boolean;
  /** Whether it was told that something is so, and not yet that it is so no more. */
  readonly isRaised: boolean;
  readonly raisedAtMs: number;
  readonly title: string;
}

/** How far a stream was looked at. */
export interface Cursor {
  /** When the stream was made: sequences of another one of its name begin anew. */
  readonly created: string;
  readonly sequence: number;
}

/** How far a rule is. It is written after the notices that come of it were put out, which are the same if they come again. */
export interface RuleState {
  readonly version: 1;
  /** The rule that it is of: one of the same name that was made later begins anew. */
  readonly of: string;
  /** How often states were told. */
  readonly turn: number;
  readonly cursors: Readonly<Record<string, Cursor>>;
  readonly things: Readonly<Record<string, ThingState>>;
}

const shape: z.ZodType<RuleState> = z.object({
  version: z.literal(1),
  of: z.string(),
  turn: z.int(),
  cursors: z.record(z.string(), z.object({ created: z.string(), sequence: z.int() })),
  things: z.record(
    z.string(),
    z.object({
      station: z.string().nullable(),
      group: z.string().nullable(),
      untilMs: z.number(),
      left: z.int(),
      last: z.string(),
      isState: z.boolean(),
      isRaised: z.boolean(),
      raisedAtMs: z.number(),
      title: z.string(),
    }),
  ),
});

export function newRuleState(of: string): RuleState {
  return { version: 1, of, turn: 0, cursors: {}, things: {} };
}

/** What is kept of a rule; `undefined` for what is of another one, or can't be read. */
export function readRuleState(text: string, of: string): RuleState | undefined {
  try {
    const state = shape.safeParse(JSON.parse(text)).data;
    return state?.of === of ? state : undefined;
  } catch {
    return undefined;
  }
}
