import type { NamesOf, OperationName, Requester, RequestOf, ResponseOf } from "oxbow/control";
import type { Rooms } from "./rooms.ts";

/** One request, checked. */
export interface Call<Name extends OperationName> {
  readonly names: NamesOf<Name>;
  readonly request: RequestOf<Name>;
  readonly rooms: Rooms;
  /** Who asks; `null` where the server does not tell. */
  readonly who: Requester | null;
  /** Bytes that the answer may have. */
  readonly answerBytesMax: number;
}

/** Carries out operations; what it throws becomes the answer. */
export type Handlers<Name extends OperationName = OperationName> = {
  readonly [Each in Name]: (call: Call<Each>) => Promise<ResponseOf<Each>>;
};

/** The operations that begin with a word. */
export type OperationsOf<Noun extends string> = Extract<OperationName, `${Noun}.${string}`>;
