import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeId, newId } from "../../src/core/id.ts";
import { importValue } from "../../src/import/upsert.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { inAccount } from "../support/directory.ts";
import { adHoc, createInterview } from "../support/interview.ts";

let app: TestApp;
let clock = NOW;
let id: string;
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => clock });
  id = await createInterview(app.client, adHoc({}, { startTime: "2027-03-01T10:00Z" }));
});
afterAll(() => app.stop());

const submitted = (scorecard: object = {}) => ({
  account: { externalId: "sample", name: "Account sample" },
  submittedScorecards: [
    { interviewId: id, interviewer: "ada", submittedAt: "2027-03-01T11:00:00+01:00", ...scorecard },
  ],
});
const bring = async (value: object) => (await importValue(app.app.services.db, value)).submittedScorecards;
const NONE = { inserted: 0, updated: 0, retired: 0, revived: 0, deleted: 0, unchanged: 0 };

describe("submitted scorecards", () => {
  test("say that the candidate came", async () => {
    clock = new Date("2027-03-01T10:10Z");
    expect(await bring(submitted())).toEqual({ ...NONE, inserted: 1 });
    const { interview } = await app.client.data(`{ interview(id: "${id}") { viewerCan { markNoShow } } }`);
    expect(interview.viewerCan).toEqual({ markNoShow: false });
    const { markCandidateNoShow } = await app.client.data(`mutation {
      markCandidateNoShow(input: { interviewId: "${id}" }) { ... on ValidationFailed { findings { code path } } } }`);
    expect(markCandidateNoShow.findings).toEqual([
      { code: "ERR_SCORECARD_ALREADY_SUBMITTED", path: ["input", "interviewId"] },
    ]);
  });

  test("change only what differs, and stay when they are not named", async () => {
    expect(await bring(submitted())).toEqual({ ...NONE, unchanged: 1 });
    expect(await bring(submitted({ submittedAt: "2027-03-01T12:00:00Z" }))).toEqual({ ...NONE, updated: 1 });
    expect(await bring(submitted({ interviewer: "bob" }))).toEqual({ ...NONE, inserted: 1 });
    expect(await bring({ account: submitted().account })).toEqual(NONE);
    const rows = await app.app.connections.raw`select submitted_at from submitted_scorecards order by submitted_at`;
    expect(rows.map((row) => new Date(row["submitted_at"]).toISOString())).toEqual([
      "2027-03-01T10:00:00.000Z",
      "2027-03-01T12:00:00.000Z",
    ]);
  });

  test.each<[string, () => object, path: string, message: string]>([
    ["an id of nothing", () => ({ interviewId: "x" }), "interviewId", "is no id of an interview of this API"],
    [
      "another noun's id",
      () => ({ interviewId: encodeId("User", newId()) }),
      "interviewId",
      "is no id of an interview of this API",
    ],
    [
      "an unknown interview",
      () => ({ interviewId: encodeId("Interview", newId()) }),
      "interviewId",
      "names no interview",
    ],
    ["an unknown user", () => ({ interviewer: "zoe" }), "interviewer", "names no user, in this file or stored"],
    ["a time without an offset", () => ({ submittedAt: "2027-03-01T11:00:00" }), "submittedAt", "Invalid ISO datetime"],
  ])("are refused with the place: %s", async (_what, parts, path, message) => {
    await expect(bring(submitted(parts()))).rejects.toMatchObject({
      problems: [{ path: `submittedScorecards[0].${path}`, message: expect.stringContaining(message) }],
    });
  });

  test("another account's interview is as unknown as any", async () => {
    const input = adHoc({}, { startTime: "2027-03-02T10:00Z" });
    const foreign = await createInterview(app.other, inAccount("other", input));
    await expect(bring(submitted({ interviewId: foreign }))).rejects.toMatchObject({
      problems: [{ message: expect.stringContaining("names no interview of the account") }],
    });
  });

  test("are named once", async () => {
    const { account, submittedScorecards } = submitted();
    const twice = { account, submittedScorecards: [...submittedScorecards, ...submittedScorecards] };
    await expect(bring(twice)).rejects.toMatchObject({
      problems: [
        { path: "submittedScorecards[1]", message: expect.stringContaining("repeats submittedScorecards[0]") },
      ],
    });
  });
});
