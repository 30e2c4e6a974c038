import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeId, SentIds } from "../../src/core/id.ts";
import { createInterview } from "../../src/scheduling/create/create.ts";
import type { CreateRequest } from "../../src/scheduling/create/request.ts";
import { createContext, SCOPES } from "../../src/operation/context.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { sampleId } from "../support/directory.ts";
import { adHoc, application, CREATE, user } from "../support/interview.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

const SUCCESS = "CreateInterviewValid";
const ORGANIZERS: [organizer: string, ownCandidate: string, othersCandidate: string][] = [
  ["super-admin", SUCCESS, SUCCESS],
  ["admin", SUCCESS, SUCCESS],
  ["recruiter", SUCCESS, SUCCESS],
  ["hiring-manager", SUCCESS, SUCCESS],
  ["coordinator", SUCCESS, SUCCESS],
  ["external-recruiter", SUCCESS, "ERR_ORGANIZER_NO_APPLICATION_PERMISSION"],
  ["stranger", "ERR_ORGANIZER_NO_JOB_PERMISSION", "ERR_ORGANIZER_NO_JOB_PERMISSION"],
  ["inactive", "ERR_ORGANIZER_NOT_FOUND", "ERR_ORGANIZER_NOT_FOUND"],
];

describe("the organizer", () => {
  test.each(ORGANIZERS)(
    "%s is answered %s for a candidate the agency added, %s for another",
    async (organizer, agency, other) => {
      for (const [name, expected] of [
        ["agency", agency],
        ["active", other],
      ] as const) {
        const input = adHoc({}, { organizerId: user(organizer), applicationId: application(name) });
        const { createInterview: result } = await app.client.data(CREATE, { input });
        const answered = expected === SUCCESS ? "CreateInterviewSuccess" : expected;
        expect(result.findings?.map(({ code }: { code: string }) => code) ?? [result.__typename]).toEqual([answered]);
      }
    },
  );
});

describe("the organizer's part in the hiring team", () => {
  const codesOf = async (organizer: string, name: string) => {
    const input = adHoc({}, { organizerId: user(organizer), applicationId: application(name), validateOnly: true });
    const { createInterview: result } = await app.client.data(CREATE, { input });
    return result.findings?.map(({ code }: { code: string }) => code) ?? [result.__typename];
  };
  const OTHERS_CANDIDATE = ["ERR_ORGANIZER_NO_APPLICATION_PERMISSION"];

  test("of an external recruiter does not reach a candidate whom somebody else added", async () => {
    const { raw } = app.app.connections;
    const addedBy = (name: string | null) => raw`
      update candidates c set added_by_id = (select id from users where account_id = c.account_id and external_id = ${name})
      where external_id = 'carla'`;
    for (const name of ["recruiter", "stranger", "ada"]) {
      await addedBy(name);
      expect(await codesOf("external-recruiter", "active"), name).toEqual(OTHERS_CANDIDATE);
    }
    await addedBy("external-recruiter");
    expect(await codesOf("external-recruiter", "active")).toEqual([SUCCESS]);
    await addedBy(null);
    expect(await codesOf("external-recruiter", "active")).toEqual(OTHERS_CANDIDATE);
  });

  test("is the widest of those that they have", async () => {
    const { raw } = app.app.connections;
    const member = raw`select account_id, job_id, user_id from hiring_team_members m
      where role = 'EXTERNAL_RECRUITER'`;
    for (const role of ["RECRUITER", "HIRING_MANAGER", "COORDINATOR"]) {
      await raw`insert into hiring_team_members (account_id, job_id, user_id, role) select m.*, ${role} from (${member}) m`;
      expect(await codesOf("external-recruiter", "active"), role).toEqual([SUCCESS]);
      await raw`delete from hiring_team_members m using (${member}) e where m.user_id = e.user_id and m.role = ${role}`;
    }
    expect(await codesOf("external-recruiter", "active")).toEqual(OTHERS_CANDIDATE);
  });

  test("is nothing to another job, nor is an added candidate without a part", async () => {
    const { raw } = app.app.connections;
    const job = (from: string, to: string) => raw`
      update hiring_team_members m set job_id = target.id
      from jobs target, jobs source, users u
      where source.account_id = m.account_id and source.id = m.job_id and source.external_id = ${from}
        and target.account_id = m.account_id and target.external_id = ${to}
        and u.account_id = m.account_id and u.id = m.user_id and u.external_id in ('recruiter', 'external-recruiter')`;
    await job("engineer", "designer");
    for (const name of ["recruiter", "external-recruiter"]) {
      expect(await codesOf(name, "agency"), name).toEqual(["ERR_ORGANIZER_NO_JOB_PERMISSION"]);
    }
    await job("designer", "engineer");
    expect(await codesOf("recruiter", "agency")).toEqual([SUCCESS]);
  });
});

describe("a caller who is a person", () => {
  const uuid = (type: Parameters<typeof sampleId>[0], name: string) => decodeId(sampleId(type, name)).id;
  const create = async (caller: string, applicationName: string) => {
    const [account] = await app.app.connections.raw`select id from accounts where external_id = 'sample'`;
    const person = {
      accountId: account?.["id"],
      userId: uuid("User", caller),
      tokenId: null,
      clientId: null,
      name: "A person",
      scopes: new Set(SCOPES),
      expiresAt: null,
    };
    const request: CreateRequest = {
      ids: new SentIds(),
      path: ["input"],
      applicationId: uuid("Application", applicationName),
      organizerId: uuid("User", "admin"),
      startTime: "2027-03-01T10:00Z",
      timezone: "UTC",
      mode: "adHoc",
      stageActivityId: undefined,
      conflictPolicy: "ALLOW",
      conflictReason: "a test",
      idempotencyKey: null,
      validateOnly: true,
      fields: {
        kind: "ONE_ON_ONE",
        location: "PHONE",
        durationMinutes: 30,
        interviewerIds: [uuid("User", "ada")],
        candidateTemplateId: uuid("EmailTemplate", "to-candidate"),
        interviewerTemplateId: uuid("EmailTemplate", "to-interviewers"),
      },
    };
    return createInterview(createContext(app.app.services, person, { requestId: "test" }), request).then(
      () => "may",
      (error: { code?: string }) => error.code,
    );
  };
  /** For those who do not see the application there is none. */
  const refusal: Record<string, string> = {
    stranger: "ERR_APPLICATION_NOT_FOUND",
    inactive: "ERR_APPLICATION_NOT_FOUND",
    "external-recruiter": "ERR_APPLICATION_NOT_FOUND",
  };
  test.each(ORGANIZERS)("%s needs the organizer's rights", async (caller, agency, other) => {
    const refused = refusal[caller] ?? "FORBIDDEN";
    expect(await create(caller, "agency")).toBe(agency === SUCCESS ? "may" : refused);
    expect(await create(caller, "active")).toBe(other === SUCCESS ? "may" : refused);
  });
});

test("a token needs interviews:write and no more", async () => {
  const writer = await app.createToken("sample", ["interviews:write"]);
  const IDS = "mutation ($input: CreateInterviewInput!) { createInterview(input: $input) { __typename } }";
  const { createInterview: result } = await writer.data(IDS, { input: adHoc() });
  expect(result.__typename).toBe("CreateInterviewSuccess");
  for (const scopes of [[], ["interviews:read", "directory:read"]] as const) {
    const { errors } = await (await app.createToken("sample", scopes)).send(CREATE, { input: adHoc() });
    expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "interviews:write" } }]);
  }
});
