import { expect } from "vitest";
import type { Client } from "./client.ts";
import { sampleId } from "./directory.ts";

export const CREATE = /* GraphQL */ `
  mutation Create($input: CreateInterviewInput!) {
    createInterview(input: $input) {
      __typename
      ... on CreateInterviewSuccess {
        interview {
          id
        }
        replayed
        warnings {
          code
          path
          interviewer {
            name
          }
        }
      }
      ... on CreateInterviewValid {
        warnings {
          code
          path
          interviewer {
            name
          }
        }
      }
      ... on Problem {
        code
        message
      }
      ... on InterviewerConflict {
        conflicts {
          interviewer {
            id
          }
          startTime
          endTime
          interview {
            id
          }
        }
      }
      ... on ValidationFailed {
        findings {
          code
          path
          message
        }
      }
    }
  }
`;

export const user = (externalId: string) => sampleId("User", externalId);
export const office = (externalId: string) => sampleId("Office", externalId);
export const template = (externalId: string) => sampleId("EmailTemplate", externalId);
export const scorecard = (externalId: string) => sampleId("ScorecardTemplate", externalId);
export const activity = (externalId: string) => sampleId("StageActivity", externalId);
export const application = (externalId: string) => sampleId("Application", externalId);

/** Overlaps are allowed, so that a test that is not about them may create what it likes. */
const common = {
  conflictPolicy: "ALLOW",
  conflictReason: "a test",
  applicationId: application("active"),
  organizerId: user("recruiter"),
  startTime: "2027-03-01T10:00",
  timezone: "Europe/Berlin",
};

/** A request in ad-hoc mode that is accepted; `mode` and `input` replace parts of it. */
export function adHoc(mode: object = {}, input: object = {}) {
  const request = {
    kind: "ONE_ON_ONE",
    location: "PHONE",
    durationMinutes: 30,
    interviewerIds: [user("ada")],
    candidateTemplateId: template("to-candidate"),
    interviewerTemplateId: template("to-interviewers"),
    ...mode,
  };
  return { ...common, ...input, mode: { adHoc: request } };
}

/** A request in plan mode that is accepted: everything is inherited. */
export function plan(mode: object = {}, input: object = {}) {
  return { ...common, ...input, mode: { plan: { stageActivityId: activity("full"), ...mode } } };
}

/** A request in external mode that is accepted. */
export function external(mode: object = {}, input: object = {}) {
  const request = { kind: "ONE_ON_ONE", durationMinutes: 30, interviewerIds: [user("ada")], ...mode };
  return { ...common, ...input, mode: { external: request } };
}

/** Creates an interview that must be accepted; its id. */
export async function createInterview(client: Client, input: object): Promise<string> {
  const { createInterview: result } = await client.data(CREATE, { input });
  expect(result, JSON.stringify(input, null, 1)).toMatchObject({ __typename: "CreateInterviewSuccess" });
  return result.interview.id;
}
