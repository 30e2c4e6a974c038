import { DEMO_MUTATION, DEMO_SUBSCRIPTION } from "../demo/banner.ts";
import { DEMO_TOKEN } from "../demo/load.ts";
import type { Pane } from "./graphiql.ts";

const authorization = (token: string) => JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);

/** Both on one page, since GraphiQL ends a subscription when its tab is left. */
export const DEMO_PANES: Pane[] = [
  { name: "watch", title: "1. Watch: press ▶", query: DEMO_SUBSCRIPTION, headers: authorization(DEMO_TOKEN) },
  {
    name: "create",
    title: "2. Create: press ▶, then look above",
    query: DEMO_MUTATION,
    headers: authorization(DEMO_TOKEN),
    needsStart: true,
  },
];

/** Without the demo. */
export const GREETING: Pane = {
  name: "graphiql",
  title: "Interview Gateway",
  headers: authorization("PASTE-YOUR-TOKEN-HERE"),
  query: `# Interview Gateway answers callers that have a token.
#
# 1. Get one. "npm run -s token -- ACCOUNT" prints an API token of an account;
#    a person's token comes from your identity provider.
# 2. Paste it under Headers, below.
# 3. Press "Re-fetch GraphQL schema" at the lower left for the schema and its
#    descriptions, and ▶ for this query.

query Me {
  viewer {
    account { name }
    scopes
  }
}
`,
};
