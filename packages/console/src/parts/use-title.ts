import { useEffect } from "react";
import { places } from "./places.ts";

/** Has the tab of the browser say what is looked at, and of which server and tenant. */
export function useTitle(pathname: string, tenant: string | null): void {
  useEffect(() => {
    const [page, ...rest] = pathname.split("/").slice(1);
    const pages = places.flatMap((place) => [...place.pages]);
    const whole = pages.find(({ to }) => to === pathname);
    const label = (whole ?? pages.find(({ to }) => to === `/${page ?? ""}`))?.label;
    const thing = whole === undefined ? rest[page === "storage" ? 1 : 0] : undefined;
    const server = tenant === null ? location.host : `${tenant} on ${location.host}`;
    const parts = [thing === undefined ? undefined : decoded(thing), label, "Oxbow", server];
    document.title = parts.filter((part) => part !== undefined && part !== "").join(" · ");
  }, [pathname, tenant]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
