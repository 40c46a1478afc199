import { type AccountResolver, MemoryAccountResolver, type OperatorOptions } from "@oxbow/engine";
import type { OperatorConfig, ResolverConfig } from "./config/server-config.ts";
import { StartRefusal } from "./explain.ts";

/**
 * Makes what finds the JWTs of accounts, and keeps it as long as configurations ask for the same one.
 */
export class ResolverKeeper {
  #config: ResolverConfig | undefined = undefined;
  #resolver: AccountResolver | undefined = undefined;

  /** What the engine is told of operators. */
  operatorOptions(operator: OperatorConfig): OperatorOptions {
    const { resolver: config, ...options } = operator;
    if (config === undefined) {
      throw new StartRefusal("operators require an account resolver to be configured");
    }
    if (this.#resolver === undefined || JSON.stringify(config) !== JSON.stringify(this.#config)) {
      this.#resolver = makeResolver(config);
      this.#config = config;
    }
    return { ...options, resolver: this.#resolver };
  }
}

function makeResolver(config: ResolverConfig): AccountResolver {
  switch (config.kind) {
    case "memory":
      return new MemoryAccountResolver();
    case "url":
    case "full":
    case "cache":
      throw new StartRefusal(`a resolver of type ${config.kind} is not supported: use MEMORY`);
  }
}
