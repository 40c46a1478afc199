import type { Link } from "../connection/link.ts";

const newsSubject = "$JS.EVENT.ADVISORY.STREAM.CREATED.>";
/** How often it is looked whether there are new stations, for a user whom the server does not tell. */
const lookMs = 5_000;
/** Time before it is looked again after that went wrong. */
const againMs = 1_000;

/**
 * Looks again whenever there may be new stations: when the server tells of a stream, or, for a user who may not hear of these, from
 * time to time; after a reconnect; and soon if looking went wrong.
 *
 * @param look - Looks for them; what it rejects with is only a reason to look again.
 * @returns What ends it.
 */
export function followStations(link: Link, look: () => Promise<void>): () => void {
  let looking: Promise<void> = Promise.resolve();
  let isOver = false;
  let isTold = true;
  let timer: NodeJS.Timeout | undefined;
  const later = (timeMs: number): void => {
    if (isOver) return;
    clearTimeout(timer);
    timer = setTimeout(again, timeMs);
    timer.unref();
  };
  const again = (): void => {
    looking = looking
      .then(() => (isOver ? undefined : look()))
      .then(
        () => {
          if (!isTold) later(lookMs);
        },
        () => later(againMs),
      );
  };
  const news = link.nc.subscribe(newsSubject, {
    callback: (error) => {
      if (error === null) again();
      else if (isTold) {
        isTold = false;
        later(lookMs);
      }
    },
  });
  const leave = link.use({ onUp: again });
  return () => {
    isOver = true;
    clearTimeout(timer);
    leave();
    if (!link.isClosed) news.unsubscribe();
  };
}
