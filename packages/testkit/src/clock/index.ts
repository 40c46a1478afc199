export { StandingClock } from "./standing-clock.ts";
