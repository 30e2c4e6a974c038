import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { asOfCursor, nextEvent } from "../support/stream.ts";

const EVENTS =
  "subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { sequence cursor } } }";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

const create = () => createInterview(app.client, adHoc());

interface Start {
  after?: string | null;
  lastEventId?: string;
}

/** Connects as a browser does, by GET, or as other clients do, by POST. */
const methods: [string, (start: Start) => ReturnType<TestApp["client"]["subscribeSse"]>][] = [
  ["POST", ({ after, lastEventId }) => app.client.subscribeSse(EVENTS, { after }, headersOf(lastEventId))],
  ["GET", ({ after, lastEventId }) => app.client.followByGet(EVENTS, { after }, headersOf(lastEventId))],
];
const headersOf = (lastEventId: string | undefined): Record<string, string> =>
  lastEventId === undefined ? {} : { "last-event-id": lastEventId };

/** Numbers of events that a new connection delivers first. */
async function sequencesOf(open: (typeof methods)[number][1], start: Start, count: number): Promise<number[]> {
  const stream = await open(start);
  const sequences: number[] = [];
  while (sequences.length < count) sequences.push((await nextEvent(stream))["sequence"]);
  await stream.close();
  return sequences;
}

describe.each(methods)("an event stream by %s", (_method, open) => {
  test("resumes after Last-Event-ID, whatever `after` says, over several reconnections", async () => {
    const after = await asOfCursor(app.client);
    for (let count = 0; count < 4; count += 1) await create();
    let stream = await open({ after });
    const seen: number[] = [];
    for (let connection = 0; connection < 4; connection += 1) {
      seen.push((await nextEvent(stream))["sequence"]);
      const lastEventId = stream.lastEventId();
      await stream.close();
      stream = await open({ after, lastEventId: lastEventId ?? "" });
    }
    await create();
    seen.push((await nextEvent(stream))["sequence"]);
    await stream.close();
    expect(seen).toEqual(seen.map((_, index) => (seen[0] ?? 0) + index));
  });

  test("begins where list, argument and header say, alone and in pairs", async () => {
    const list = await asOfCursor(app.client);
    await create();
    const argument = await asOfCursor(app.client);
    await create();
    const header = await asOfCursor(app.client);
    await create();
    const [first = 0] = await sequencesOf(open, { after: list }, 1);
    const starts: [start: Start, sequences: number[]][] = [
      [{ after: list }, [first, first + 1, first + 2]],
      [{ after: argument }, [first + 1, first + 2]],
      [{ lastEventId: header }, [first + 2]],
      [{ after: null, lastEventId: header }, [first + 2]],
      [{ after: list, lastEventId: argument }, [first + 1, first + 2]],
      [{ after: list, lastEventId: header }, [first + 2]],
      [{ after: header, lastEventId: list }, [first, first + 1, first + 2]],
      [{ after: argument, lastEventId: "" }, [first + 1, first + 2]],
    ];
    for (const [start, sequences] of starts)
      expect(await sequencesOf(open, start, sequences.length)).toEqual(sequences);
  });

  test("refuses an id that is no cursor, although `after` is one", async () => {
    const stream = await open({ after: await asOfCursor(app.client), lastEventId: "1" });
    expect((await stream.next()).errors).toMatchObject([{ extensions: { code: "CURSOR_INVALID" } }]);
  });
});
