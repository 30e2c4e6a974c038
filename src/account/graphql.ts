import { builder } from "../graphql/builder.ts";
import type { Caller } from "../operation/context.ts";
import { ownAccount } from "./load.ts";

builder.node("Account", {
  description: "The tenant. Everything belongs to one account, and nothing crosses it.",
  id: { resolve: (account) => account.id },
  loadWithoutCache: (id, ctx) => (id === ctx.accountId ? ownAccount(ctx) : null),
  fields: (t) => ({
    externalId: t.exposeString("externalId", {
      description: "The id by which the organisation itself knows the account, unique in this installation.",
    }),
    name: t.exposeString("name", { description: "Name of the organisation." }),
  }),
});

export const Viewer = builder.objectRef<Caller>("Viewer").implement({
  description: "The caller that the token of this request identifies.",
  fields: (t) => ({
    account: t.field({
      type: "Account",
      description: "The account of the token.",
      resolve: (_viewer, _args, ctx) => ownAccount(ctx),
    }),
    scopes: t.stringList({
      description:
        "What the token may do: `interviews:read`, `interviews:write`, `directory:read`. A person has them all, an " +
        "EXTERNAL_COLLABORATOR all but the last; what a person then sees and changes depends on their part in each job.",
      resolve: ({ scopes }) => [...scopes],
    }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      nullable: true,
      description: "When the token ends; null for one that does not end by itself.",
    }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: Viewer,
    description: "The caller that the token of this request identifies.",
    resolve: (_root, _args, ctx) => ctx.caller,
  }),
);
