export { Platforms } from "./platforms.ts";
