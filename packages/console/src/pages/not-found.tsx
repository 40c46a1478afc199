import { NothingHere } from "../parts/missing.tsx";

export function NotFound() {
  return <NothingHere text="The link is wrong, or what it led to is gone." to="/" />;
}
