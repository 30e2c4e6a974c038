import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeId } from "../../src/core/id.ts";
import { createInterview } from "../../src/interview/create.ts";
import type { CreateRequest } from "../../src/interview/request.ts";
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

const SUCCESS = "CreateInterviewSuccess";
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
  test.each(ORGANIZERS)("%s: %s for a candidate the agency added, %s for another", async (organizer, agency, other) => {
    for (const [name, expected] of [
      ["agency", agency],
      ["active", other],
    ] as const) {
      const input = adHoc({}, { organizerId: user(organizer), applicationId: application(name) });
      const { createInterview: result } = await app.client.data(CREATE, { input });
      expect(result.findings?.map(({ code }: { code: string }) => code) ?? [result.__typename]).toEqual([expected]);
    }
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
      scopes: new Set(SCOPES),
      expiresAt: null,
    };
    const request: CreateRequest = {
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
  expect(result.__typename).toBe(SUCCESS);
  for (const scopes of [[], ["interviews:read", "directory:read"]] as const) {
    const { errors } = await (await app.createToken("sample", scopes)).send(CREATE, { input: adHoc() });
    expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "interviews:write" } }]);
  }
});
