import { type AccountResolver, accountServerUrlOf, type OperatorOptions } from "@oxbow/engine";
import type { ResolverServices } from "../resolver/directory-resolver.ts";
import { openResolver } from "../resolver/open-resolver.ts";
import type { OperatorConfig, ResolverConfig } from "./config/server-config.ts";
import { StartRefusal } from "./explain.ts";

/**
 * Makes what finds the JWTs of accounts, and keeps it as long as configurations ask for the same one.
 */
export class ResolverKeeper {
  readonly #services: ResolverServices;
  #config: ResolverConfig | undefined = undefined;
  #resolver: AccountResolver | undefined = undefined;

  constructor(services: ResolverServices) {
    this.#services = services;
  }

  /**
   * What the engine is told of operators, which then closes the resolver. Rejects if its directory or server can't be
   * used.
   */
  async operatorOptions(operator: OperatorConfig): Promise<OperatorOptions> {
    const { resolver = resolverOf(operator), resolverTls: tls, ...options } = operator;
    const config: ResolverConfig = resolver.kind === "url" ? { ...resolver, tls } : resolver;
    const isSame = JSON.stringify(config) === JSON.stringify(this.#config);
    if (this.#resolver === undefined || !isSame) {
      this.#resolver = await open(config, this.#services);
      this.#config = config;
    }
    return { ...options, resolver: this.#resolver };
  }

  /** Has the resolver read again what it keeps. */
  async reload(): Promise<void> {
    await this.#resolver?.reload?.();
  }
}

/** Where the first operator says that accounts can be looked up. */
function resolverOf({ operators }: OperatorConfig): ResolverConfig {
  const [operator] = operators;
  if (operator === undefined) return { kind: "memory" };
  const url = accountServerUrlOf(operator);
  if (url === undefined || !URL.canParse(url)) {
    throw new StartRefusal("operators require an account resolver to be configured");
  }
  return { kind: "url", url: `${url}/accounts` };
}

async function open(config: ResolverConfig, services: ResolverServices): Promise<AccountResolver> {
  try {
    return await openResolver(config, services);
  } catch (error) {
    throw new StartRefusal(`account resolver: ${(error as Error).message}`);
  }
}
