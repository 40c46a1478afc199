import { type AccountResolver, MemoryAccountResolver, type TlsOptions } from "@oxbow/engine";
import {
  DirectoryResolver,
  type DirectoryResolverOptions,
  type ResolverServices,
} from "./directory-resolver.ts";
import { UrlResolver } from "./url-resolver.ts";

/** Where the JWTs of accounts come from. */
export type ResolverOptions =
  | { readonly kind: "memory" }
  | { readonly kind: "url"; readonly url: string; readonly tls?: TlsOptions | undefined }
  | DirectoryResolverOptions;

/** Makes the resolver that `options` ask for. Rejects if its directory or server can't be used. */
export async function openResolver(
  options: ResolverOptions,
  services: ResolverServices,
): Promise<AccountResolver> {
  switch (options.kind) {
    case "memory":
      return new MemoryAccountResolver();
    case "url":
      return await UrlResolver.open(options.url, options.tls);
    case "full":
    case "cache":
      return await DirectoryResolver.open(options, services);
  }
}
