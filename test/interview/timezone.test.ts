import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { decodeIdOf } from "../../src/core/id.ts";
import { runtimeZones } from "../../src/core/zone-database.ts";
import { useZones } from "../../src/core/zone.ts";
import { noteTzRelease } from "../../src/db/installation.ts";
import { importDirectory } from "../../src/import/upsert.ts";
import { checkDirectory } from "../../src/import/check.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { sampleDirectory } from "../support/directory.ts";
import { CREATE, createInterview, external, user } from "../support/interview.ts";
import { releaseWith, WINNIPEG } from "../support/zone-file.ts";

const RELEASE = process.versions["tz"];
const NEWER = releaseWith("2099e", "America/Winnipeg", WINNIPEG);

let app: TestApp;
const now = new Date("2027-01-04T08:00:00Z");
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => now });
});
afterEach(() => {
  useZones(runtimeZones());
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

  test("is told from the one that the process before had", async () => {
    const note = (release: string) => noteTzRelease(app.app.connections.raw, release);
    const notes = [await note("2099e"), await note("2099e"), await note("2099f"), await note(RELEASE ?? "")];
    expect(notes).toEqual([RELEASE, null, "2099e", "2099f"]);
  });
});
