import { readFile } from "node:fs/promises";
import { makePage } from "./page.ts";
import type { Page } from "./page.ts";

/** One editor of the page, with what it begins with. */
export interface Pane {
  /** Unique on the page. */
  name: string;
  title: string;
  query: string;
  /** JSON. */
  headers: string;
  /** Whether the query has a variable `startTime`, which is set to a time that is probably free. */
  needsStart?: true;
}

type Parts = typeof import("@graphql-yoga/render-graphiql/graphiql") & { start: string };

/** GraphiQL's page. It has nine megabytes, so it is loaded when somebody asks for it, and made once. */
export function createGraphiQL(panes: Pane[]): () => Promise<Page> {
  let page: Promise<Page> | null = null;
  const make = async () => {
    const [graphiql, start] = await Promise.all([
      import("@graphql-yoga/render-graphiql/graphiql"),
      readFile(new URL("graphiql.browser.js", import.meta.url), "utf8"),
    ]);
    return makePage(render(panes, { ...graphiql, start }));
  };
  return () => {
    page ??= make().catch((error: unknown) => {
      page = null;
      throw error;
    });
    return page;
  };
}

const LAYOUT = `
body { display: flex; flex-direction: column; height: 100vh; margin: 0; }
main { flex: 1; min-height: 0; }
main + main { flex: 1.3; border-top: 3px solid #888; }
.graphiql-container { height: 100%; }
`;

/** GraphiQL says no more than this when it gets no schema, whatever the reason. */
const NO_SCHEMA = '"Error fetching schema"';
const WHAT_TO_DO = JSON.stringify(
  "There is no schema without a valid token. Put yours under Headers, then press “Re-fetch GraphQL schema” at the lower left.",
);

const render = (panes: Pane[], { css, favicon, js, start, ...workers }: Parts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Interview Gateway</title>
<link rel="icon" href="${favicon}">
<style>${css}${LAYOUT}</style>
</head>
<body>
<noscript>GraphiQL needs JavaScript.</noscript>
<script>
const sources = {
  editorWorkerService: ${literal(workers.editorWorkerService)},
  json: ${literal(workers.jsonWorker)},
  graphql: ${literal(workers.graphqlWorker)},
};
const getWorkerUrl = (_, label) => URL.createObjectURL(new Blob([sources[label]], { type: "application/javascript" }));
self.MonacoEnvironment = { globalAPI: true, getWorkerUrl };
${js.replace(NO_SCHEMA, () => WHAT_TO_DO)};
const panes = ${literal(panes)};
${start}
</script>
</body>
</html>
`;

/** A value in a script, which no text in it can end. */
const literal = (value: unknown): string => JSON.stringify(value).replaceAll("<", String.raw`\u003c`);
