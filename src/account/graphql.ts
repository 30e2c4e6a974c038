import { builder } from "../graphql/builder.ts";
import { ownAccount } from "./load.ts";

builder.node("Account", {
  description: "The tenant. Everything belongs to one account, and nothing crosses it.",
  id: { resolve: (account) => account.id },
  loadOne: (id, ctx) => (id === ctx.accountId ? ownAccount(ctx) : null),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Name of the organisation." }),
  }),
});

const Viewer = builder.objectRef<{ scopes: string[] }>("Viewer").implement({
  description: "Who the token of this request stands for.",
  fields: (t) => ({
    account: t.field({
      type: "Account",
      description: "The account of the token.",
      resolve: (_viewer, _args, ctx) => ownAccount(ctx),
    }),
    scopes: t.exposeStringList("scopes", {
      description: "What the token may do: `interviews:read`, `interviews:write`, `directory:read`.",
    }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: Viewer,
    description: "Who the token of this request stands for.",
    resolve: (_root, _args, ctx) => ({ scopes: [...ctx.caller.scopes] }),
  }),
);
