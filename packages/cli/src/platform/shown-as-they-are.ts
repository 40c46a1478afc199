import { note } from "../output/print.ts";

/** Says that the schemas of a station can't be had. */
export function shownAsTheyAre(station: string, { message }: Error): void {
  note(`messages of ${station} are shown as they are: ${message}`);
}
