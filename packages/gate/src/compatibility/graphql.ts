import { findBreakingChanges, type GraphQLSchema } from "graphql";
import type { Incompatibility } from "./incompatibility.ts";

/** Why documents that are valid against one schema may not be against another. */
export function graphqlIncompatibilities(
  reader: GraphQLSchema,
  writer: GraphQLSchema,
): Incompatibility[] {
  return findBreakingChanges(writer, reader).map(({ type, description }) => ({
    path: "",
    rule: type.toLowerCase().replaceAll("_", "-"),
    message: description,
  }));
}
