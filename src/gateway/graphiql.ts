import { makePage } from "./page.ts";
import type { Page } from "./page.ts";

export interface GraphiQLOptions {
  /** What it begins with. */
  demo: { token: string; query: string } | undefined;
}

/** GraphiQL's page. It has nine megabytes, so it is loaded when somebody asks for it, and made once. */
export function createGraphiQL({ demo }: GraphiQLOptions): () => Promise<Page> {
  let page: Promise<Page> | null = null;
  const make = async () => {
    const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
    return makePage(
      renderGraphiQL({
        title: "Interview Gateway",
        ...(demo && { headers: authorizationHeader(demo.token), defaultQuery: demo.query }),
      }),
    );
  };
  return () => {
    page ??= make().catch((error: unknown) => {
      page = null;
      throw error;
    });
    return page;
  };
}

const authorizationHeader = (token: string) => JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);
