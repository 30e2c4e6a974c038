import { blocksOf } from "../availability/blocks.ts";
import { Starts } from "../availability/slots.ts";
import { encodeId, newId } from "../core/id.ts";
import { zonePieces } from "../core/zone-pieces.ts";
import { SCOPES } from "../operation/context.ts";
import { execute } from "./json-post.ts";
import type { Pipeline } from "./pipeline.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ZONE = "Europe/Berlin";
/** A week with a change of the clocks. */
const WEEK = { start: Date.UTC(2030, 2, 26), end: Date.UTC(2030, 3, 2) };

const SEARCH = `mutation ($input: ComputeAvailabilityInput!) {
  computeAvailability(input: $input) {
    ... on ComputeAvailabilitySuccess { search { slots(first: 1) { nodes { startTime } } people { user { name } } } }
    ... on ValidationFailed { findings { code } }
  }
}`;

/**
 * Answers a search of an account that does not exist, which reads, finds nobody and writes nothing, and computes one of a made-up
 * person, so that the first request of a client finds code compiled, zones read and a connection open. Takes some 40 ms of CPU.
 */
export async function warmUp(pipeline: Pipeline): Promise<void> {
  const nobody = encodeId("User", newId());
  const input = {
    organizerId: nobody,
    interviewerIds: [nobody],
    kind: "PANEL",
    durationMinutes: 30,
    timezone: ZONE,
    from: new Date(WEEK.start).toISOString(),
    to: new Date(WEEK.end).toISOString(),
  };
  const caller = {
    accountId: newId(),
    userId: null,
    tokenId: null,
    clientId: null,
    name: "",
    scopes: new Set(SCOPES),
    expiresAt: null,
  };
  await execute(pipeline, { query: SEARCH, variables: { input } }, { admitted: Promise.resolve(caller) });
  computeSearch();
}

function computeSearch(): void {
  const [start, end] = [WEEK.start + 10 * 60 * MINUTE, WEEK.start + 11 * 60 * MINUTE];
  const blocks = blocksOf(
    {
      pieces: zonePieces(ZONE, { start: WEEK.start - 8 * DAY, end: WEEK.end + 8 * DAY }),
      workingHours: { weekly: [{ weekday: 2, start: "09:00", end: "17:00" }], overrides: [] },
      timeOff: [{ start: "2030-03-27T00:00", end: "2030-03-28T00:00" }],
      seats: [{ start, end, interviewId: "" }],
      ignoredSeats: [],
      busy: [{ start: end, end: end + 60 * MINUTE }],
      unknown: [],
      maxPerDay: 2,
      maxPerWeek: null,
    },
    { window: WEEK, buffer: 10 * MINUTE, earliest: WEEK.start, withinWorkingHours: true },
  );
  const meeting = { window: WEEK, need: 1, length: 30 * MINUTE };
  const starts = new Starts(meeting, [{ userId: "", required: true, interviewer: true, blocks }]);
  starts.summary();
  starts.people();
  for (const slot of starts.starts({ includeUnknown: true })) starts.slotAt(slot);
}
