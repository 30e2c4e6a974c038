import { z } from "zod";
import type { BridgeOptions } from "./bridge.ts";
import { discard, postJson } from "./bridge-request.ts";
import type { FreeBusyAnswer, FreeBusyProvider } from "./free-busy.ts";

/** Thousands of spans for each calendar of a batch. */
const MAX_ANSWER_BYTES = 4 * 1_024 * 1_024;
const MAX_SPANS = 20_000;
/** More answers than that to a question about a handful of calendars are garbage, and take seconds to look through. */
const MAX_ANSWERS = 1_000;

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const spans = z
  .array(z.object({ startsAt: instant, endsAt: instant }))
  .max(MAX_SPANS)
  .transform((list) => list.map(({ startsAt, endsAt }) => ({ start: startsAt, end: endsAt })));
const answer = z.union([
  z.object({ address: z.string(), problem: z.enum(["REVOKED", "UNREACHABLE", "NOT_CONNECTED"]) }),
  // A problem that is none of those must not read as a calendar that is free.
  z.object({ address: z.string(), problem: z.null().optional(), busy: spans, unknown: spans.default([]) }),
]);
const answers = z.object({ calendars: z.array(z.unknown()).max(MAX_ANSWERS) });

/** Asks the operator's service under `/free-busy`, as it is described at the bridge. */
export function bridgeFreeBusy({ url, token }: Pick<BridgeOptions, "url" | "token">): FreeBusyProvider {
  return {
    async query(calendars, { start, end }, { accountId, signal }) {
      const from = new Date(start).toISOString();
      const body = { accountId, from, to: new Date(end).toISOString(), calendars };
      const response = await postJson({ url: `${url}/free-busy`, token }, body, { signal });
      return read(calendars, response.status === 200 ? await readJson(response) : await refuse(response));
    },
  };
}

/** Each calendar is read by itself: one whose answer is garbage leaves the others as they are. */
function read(calendars: readonly string[], value: unknown): Map<string, FreeBusyAnswer> {
  const wanted = Map.groupBy(calendars, (calendar) => calendar.toLowerCase());
  const found = new Map<string, FreeBusyAnswer>();
  for (const item of answers.parse(value).calendars) {
    const told = answer.safeParse(item).data;
    if (!told) continue;
    for (const calendar of wanted.get(told.address.toLowerCase()) ?? []) {
      // Of two answers either may be the wrong one.
      found.set(calendar, found.has(calendar) ? { answer: "UNREACHABLE" } : toAnswer(told));
    }
  }
  return found;
}

function toAnswer(told: z.infer<typeof answer>): FreeBusyAnswer {
  return "busy" in told ? { answer: "PARTLY", busy: told.busy, unknown: told.unknown } : { answer: told.problem };
}

async function refuse(response: Response): Promise<never> {
  await discard(response);
  throw new Error(`The provider answered with status ${response.status}.`);
}

async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error("The provider's answer is too long.");
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
