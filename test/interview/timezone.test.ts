import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { decodeIdOf } from "../../src/core/id.ts";
import { runtimeZones } from "../../src/core/zone-database.ts";
import { useZones } from "../../src/core/zone.ts";
import { noteTzRelease } from "../../src/db/installation.ts";
import { importDirectory } from "../../src/import/upsert.ts";
import { checkDirectory } from "../../src/import/check.ts";
import { reportShifts } from "../../src/interview/shifted.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { sampleDirectory } from "../support/directory.ts";
import { CREATE, createInterview, external, user } from "../support/interview.ts";
import { releaseWith, WINNIPEG } from "../support/zone-file.ts";

const RELEASE = process.versions["tz"];
const NEWER = releaseWith("2099e", "America/Winnipeg", WINNIPEG);

let app: TestApp;
let now = new Date("2027-01-04T08:00:00Z");
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => now });
});
afterEach(() => {
  useZones(runtimeZones());
  now = new Date("2027-01-04T08:00:00Z");
});
afterAll(() => app.stop());

const winnipeg = (startTime: string, input: object = {}) =>
  external({ interviewerIds: [user("ada")] }, { startTime, timezone: "America/Winnipeg", ...input });

const rowOf = async (id: string) => {
  const [row] = await app.app.connections.raw`
    select starts_at, timezone, local_start::text, tz_version from interviews where id = ${decodeIdOf("Interview", id)}`;
  return row;
};

describe("the name of a zone is stored and returned in the tz database's spelling", () => {
  const spelled = "query($id: ID!) { interview(id: $id) { timezone startTime } }";

  test.each([
    ["europe/berlin", "Europe/Berlin"],
    ["EUROPE/BERLIN", "Europe/Berlin"],
    ["asia/calcutta", "Asia/Calcutta"],
    ["asia/kolkata", "Asia/Kolkata"],
    ["us/pacific", "US/Pacific"],
    ["america/port-au-prince", "America/Port-au-Prince"],
  ])("%s of an interview is %s", async (timezone, name) => {
    const id = await createInterview(app.client, winnipeg("2027-02-01T09:00", { timezone }));
    expect(await rowOf(id)).toMatchObject({ timezone: name });
    expect(await app.client.data(spelled, { id })).toMatchObject({ interview: { timezone: name } });
  });

  test("so is that of a literal", async () => {
    const { createInterview: result } = await app.client.data(
      `mutation($applicationId: ID!, $organizerId: ID!, $mode: InterviewModeInput!) {
        createInterview(input: {
          applicationId: $applicationId, organizerId: $organizerId, mode: $mode
          startTime: "2027-02-01T09:00", timezone: "america/winnipeg"
        }) { ... on CreateInterviewSuccess { interview { timezone } } }
      }`,
      winnipeg(""),
    );
    expect(result).toEqual({ interview: { timezone: "America/Winnipeg" } });
  });

  test("and another letter case under the same key is the same request", async () => {
    const send = (timezone: string) =>
      app.client.data(CREATE, { input: winnipeg("2027-02-02T09:00", { timezone, idempotencyKey: "letter-case" }) });
    const first = await send("europe/berlin");
    const second = await send("Europe/Berlin");
    expect(second.createInterview).toMatchObject({ replayed: true, interview: first.createInterview.interview });
    expect((await send("Asia/Kolkata")).createInterview.__typename).toBe("IdempotencyKeyReused");
  });

  test("and those of imported people and offices are", async () => {
    const file = sampleDirectory("spelling");
    const wrong = { ...file, users: file.users.map((user) => ({ ...user, timezone: "europe/BERLIN" })) };
    const offices = file.offices?.map((office) => ({ ...office, timezone: "asia/calcutta" }));
    const checked = checkDirectory({ ...wrong, offices });
    if (!checked.ok) throw new Error("The directory was refused.");
    await importDirectory(app.app.services.db, checked.directory);
    const names = await app.app.connections.raw`
      select distinct timezone from users join accounts on accounts.id = account_id where accounts.external_id = 'spelling'
      union all select distinct timezone from offices join accounts on accounts.id = account_id where accounts.external_id = 'spelling'`;
    expect(names.map(({ timezone }) => timezone)).toEqual(["Europe/Berlin", "Asia/Calcutta"]);
  });
});

describe("a release that reads local times in another way", () => {
  const SHIFT = `query($id: ID!) { interview(id: $id) {
    startTime localStartTime tzVersion timezoneShift { localStartTime startTime tzVersion } } }`;
  const shiftOf = async (id: string) => (await app.client.data(SHIFT, { id })).interview;
  const report = async () => {
    const lines: string[] = [];
    for await (const line of reportShifts(app.app.services.db, now)) lines.push(line);
    return lines;
  };

  test("is the one that new interviews are stored by", async () => {
    useZones(NEWER);
    const id = await createInterview(app.client, winnipeg("2027-01-20T09:00"));
    expect(await rowOf(id)).toEqual({
      starts_at: new Date("2027-01-20T14:00Z"),
      timezone: "America/Winnipeg",
      local_start: "2027-01-20 09:00:00",
      tz_version: "2099e",
    });
    const berlin = await createInterview(app.client, winnipeg("2027-01-20T09:00", { timezone: "Europe/Berlin" }));
    expect(await rowOf(berlin)).toMatchObject({ tz_version: RELEASE });
  });

  test("moves nothing, and shows what it would move", async () => {
    const moved = await createInterview(app.client, winnipeg("2027-01-21T09:00"));
    const summer = await createInterview(app.client, winnipeg("2027-07-21T09:00"));
    const stored = { startTime: "2027-01-21T15:00:00.000Z", localStartTime: "2027-01-21T09:00:00", tzVersion: RELEASE };
    expect(await shiftOf(moved)).toEqual({ ...stored, timezoneShift: null });
    expect(await report()).toEqual([
      expect.stringContaining(`America/Winnipeg 2027-01-20T09:00:00 is 2027-01-20T14:00:00.000Z by 2099e`),
      `By release ${RELEASE}, 1 interview that lies ahead begins at another instant than stored. Nothing was changed.`,
    ]);

    useZones(NEWER);
    const timezoneShift = {
      localStartTime: "2027-01-21T10:00:00",
      startTime: "2027-01-21T14:00:00.000Z",
      tzVersion: "2099e",
    };
    expect(await shiftOf(moved)).toEqual({ ...stored, timezoneShift });
    expect(await shiftOf(summer)).toMatchObject({ timezoneShift: null });
    expect((await report()).filter((line) => line.startsWith(moved))).toEqual([
      `${moved} sample America/Winnipeg 2027-01-21T09:00:00 is 2027-01-21T15:00:00.000Z by ${RELEASE}, ` +
        "2027-01-21T14:00:00.000Z by 2099e",
    ]);
    expect((await report()).filter((line) => line.startsWith(summer))).toEqual([]);
    expect(await rowOf(moved)).toMatchObject({ starts_at: new Date("2027-01-21T15:00Z") });
  });

  test("is not asked about what has started or was cancelled", async () => {
    const started = await createInterview(app.client, winnipeg("2027-01-22T09:00"));
    const cancelled = await createInterview(app.client, winnipeg("2027-01-22T10:00"));
    await app.app.connections.raw`
      update interviews set outcome = 'CANCELLED' where id = ${decodeIdOf("Interview", cancelled)}`;
    useZones(NEWER);
    expect((await shiftOf(started)).timezoneShift).not.toBeNull();
    now = new Date("2027-01-22T15:00:00Z");
    for (const id of [started, cancelled]) {
      expect(await shiftOf(id)).toMatchObject({ timezoneShift: null });
      expect((await report()).filter((line) => line.startsWith(id))).toEqual([]);
    }
  });

  test("has no instant for a local time that it skips or repeats", async () => {
    const id = await createInterview(app.client, winnipeg("2027-03-20T09:15"));
    useZones(
      releaseWith("2099f", "America/Winnipeg", { first: -6, changes: [["2027-03-20T15:00Z", -5]], footer: "EST5" }),
    );
    expect((await shiftOf(id)).timezoneShift).toEqual({
      localStartTime: "2027-03-20T08:15:00",
      startTime: null,
      tzVersion: "2099f",
    });
  });

  test("is told from the one that the process before had", async () => {
    const note = (release: string) => noteTzRelease(app.app.connections.raw, release);
    const notes = [await note("2099e"), await note("2099e"), await note("2099f"), await note(RELEASE ?? "")];
    expect(notes).toEqual([RELEASE, null, "2099e", "2099f"]);
  });

  test("costs no statement", async () => {
    const list = (fields: string) => app.client.data(`{ interviews(first: 50) { nodes { id ${fields} } } }`);
    const count = async (fields: string) => {
      const before = app.statements.length;
      await list(fields);
      return app.statements.length - before;
    };
    await count("");
    expect(await count("tzVersion timezoneShift { startTime }")).toBe(await count("startTime"));
  });

  test("is compared in batches, with the interviews of all accounts in order", async () => {
    useZones(releaseWith("2099g", "Europe/Berlin", { first: 5, footer: "XXX-5" }));
    const before = await report();
    await app.app.connections.raw`
      insert into interviews (account_id, id, application_id, candidate_id, job_id, stage_id, organizer_id, kind, starts_at, ends_at,
        timezone, local_start, duration_minutes, tz_version, external, provisioning_state, created_at, updated_at)
      select account_id, gen_random_uuid(), application_id, candidate_id, job_id, stage_id, organizer_id, kind, start, start + '30 min',
        'Europe/Berlin', start at time zone 'UTC' + interval '1 hour', 30, '2026c', true, 'NOT_APPLICABLE', start, start
      from (select * from interviews limit 1) one,
        lateral (select '2028-01-03T08:00Z'::timestamptz + (n % 700) * interval '1 min' as start from generate_series(1, 2300) n) times`;
    const lines = await report();
    expect(lines.length - before.length).toBe(2300);
    expect(new Set(lines).size).toBe(lines.length);
    const starts = lines.slice(0, -1).map((line) => Date.parse(/ is (\S+) by /.exec(line)?.[1] ?? ""));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });
});
