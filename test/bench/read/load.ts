import autocannon from "autocannon";
import { createBody } from "./question.ts";
import type { LoadOrder } from "./stage.ts";

const { url, headers, body, seconds, connections } = JSON.parse(process.argv[2] ?? "{}") as LoadOrder;
const result = await autocannon({
  url,
  connections,
  duration: seconds,
  requests: [
    {
      method: "POST",
      path: "/graphql",
      headers,
      ...(body === undefined ? { setupRequest: (request) => ({ ...request, body: createBody() }) } : { body }),
    },
  ],
});
const failed = result.errors + result.timeouts + result.non2xx;
if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests failed at ${url}.`);
console.log(JSON.stringify({ requests: result.requests.total, perSecond: result.requests.total / result.duration }));
