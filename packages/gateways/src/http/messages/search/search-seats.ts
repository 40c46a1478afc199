import { httpError } from "../../errors.ts";
import { searchLimits } from "./search-limits.ts";

/** How many searches there may be at a time: each takes processor and memory from all others. */
export class SearchSeats {
  #taken = 0;

  /** @throws OxbowError `SEARCH_BUSY` */
  take(): Disposable {
    if (this.#taken >= searchLimits.searchesMax) {
      const message = `${searchLimits.searchesMax} searches and downloads are under way: try again in a moment`;
      throw httpError("SEARCH_BUSY", message);
    }
    this.#taken += 1;
    return {
      [Symbol.dispose]: () => {
        this.#taken -= 1;
      },
    };
  }
}
