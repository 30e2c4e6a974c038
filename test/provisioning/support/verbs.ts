import { expect } from "vitest";
import { decodeIdOf } from "../../../src/core/id.ts";
import type { TestApp } from "../../support/app.ts";
import { sampleId } from "../../support/directory.ts";

const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateInterviewInput!) {
    updateInterview(input: $input) {
      __typename
      ... on UpdateInterviewSuccess {
        changedFields
        notices {
          method
        }
      }
      ... on ValidationFailed {
        findings {
          code
        }
      }
      ... on Problem {
        code
        message
      }
    }
  }
`;
const CANCEL = /* GraphQL */ `
  mutation ($input: CancelInterviewInput!) {
    cancelInterview(input: $input) {
      __typename
    }
  }
`;
const ANSWER = /* GraphQL */ `
  mutation ($input: RecordRsvpInput!) {
    recordRsvp(input: $input) {
      __typename
      ... on RecordRsvpSuccess {
        applied
      }
    }
  }
`;
const RETRY = /* GraphQL */ `
  mutation ($input: RetryProvisioningInput!) {
    retryProvisioning(input: $input) {
      __typename
    }
  }
`;

type Client = Pick<TestApp["client"], "data">;

/** Asks for changes. @returns the answer, whatever it is */
export async function tryUpdate(client: Client, interviewId: string, changes: object, more: object = {}) {
  const input = { interviewId, changes, conflictPolicy: "ALLOW", conflictReason: "a test", ...more };
  return (await client.data(UPDATE, { input }))["updateInterview"];
}

export async function update(client: Client, interviewId: string, changes: object): Promise<void> {
  const answer = await tryUpdate(client, interviewId, changes);
  expect(answer).toMatchObject({ __typename: "UpdateInterviewSuccess" });
}

export async function cancel(client: Client, interviewId: string): Promise<void> {
  const { cancelInterview } = await client.data(CANCEL, { input: { interviewId, reason: "a test" } });
  expect(cancelInterview).toEqual({ __typename: "CancelInterviewSuccess" });
}

export async function retry(client: Client, interviewId: string): Promise<void> {
  const { retryProvisioning } = await client.data(RETRY, { input: { interviewId } });
  expect(retryProvisioning).toEqual({ __typename: "RetryProvisioningSuccess" });
}

/** The candidate's answer to a sequence. @returns whether it counted */
export async function answer(client: Client, interviewId: string, sequence: number): Promise<boolean> {
  const attendee = { candidateId: sampleId("Candidate", "carla") };
  const { recordRsvp } = await client.data(ANSWER, {
    input: { interviewId, attendee, sequence, rsvp: "ACCEPTED" },
  });
  expect(recordRsvp).toMatchObject({ __typename: "RecordRsvpSuccess" });
  return recordRsvp.applied;
}

export interface State {
  state: string;
  attempts: number;
  planned: string | null;
  rsvp: string;
  url: string | null;
}

export async function stateOf({ app }: Pick<TestApp, "app">, id: string): Promise<State> {
  const [row] = await app.connections.raw`
    select provisioning_state as state, coalesce(attempts, 0) as attempts, next_attempt_at::text as planned,
      candidate_rsvp as rsvp, conference_url as url
    from interviews left join provisionings
      on provisionings.account_id = interviews.account_id and interview_id = interviews.id
    where interviews.id = ${decodeIdOf("Interview", id)}`;
  return row as unknown as State;
}
