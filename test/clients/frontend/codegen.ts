/** The client of graphql-codegen's preset. */
export { graphql } from "#generated/codegen/index.ts";
export type { ResultOf, VariablesOf } from "@graphql-typed-document-node/core";
