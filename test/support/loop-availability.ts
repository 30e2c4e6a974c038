import { expect } from "vitest";
import type { TestApp } from "./app.ts";
import { completeOnce } from "./availability.ts";
import type { Client } from "./client.ts";
import { user } from "./interview.ts";

const FIELDS = /* GraphQL */ `
  fragment Result on LoopAvailabilityResult {
    complete
    obstacle
    sequences(first: 20) {
      startTime
      endTime
      legs {
        leg
        startTime
        endTime
        localStartTime
        interviewers {
          id
          name
        }
        alternatives {
          name
        }
        unknown {
          name
        }
      }
    }
  }
  fragment LoopSearch on LoopAvailabilitySearch {
    id
    status
    completedAt
    expiresAt
    error {
      code
    }
    order
    minGapMinutes
    maxGapMinutes
    sameDay
    result {
      ...Result
    }
    perhaps: result(includeUnknown: true) {
      ...Result
    }
    legs {
      leg
      durationMinutes
      summary {
        candidateStarts
        freeStarts
        unknownStarts
        reasons {
          reason
          starts
        }
      }
    }
    people {
      user {
        name
      }
      isOrganizer
      calendar
      workingHoursKnown
      blocks {
        startTime
        endTime
        reason
        interview {
          id
        }
      }
    }
    asOfCursor
  }
`;

export const COMPUTE_LOOP = /* GraphQL */ `
  ${FIELDS}
  mutation ComputeLoop($input: ComputeLoopAvailabilityInput!) {
    computeLoopAvailability(input: $input) {
      __typename
      ... on ComputeLoopAvailabilitySuccess {
        search {
          ...LoopSearch
        }
      }
      ... on ValidationFailed {
        message
        findings {
          code
          path
          message
        }
      }
    }
  }
`;

export const READ_LOOP = /* GraphQL */ `
  ${FIELDS}
  query ReadLoop($id: ID!) {
    loopAvailabilitySearch(id: $id) {
      ...LoopSearch
    }
  }
`;

/** A leg with people by their names. */
export const legOf = (durationMinutes: number, required: string[], pool?: { of: string[]; need?: number }) => ({
  durationMinutes,
  interviewerIds: required.map((name) => user(name)),
  ...(pool && { pool: { ...pool, of: pool.of.map((name) => user(name)) } }),
});

/** A request that is accepted: Ada for an hour, then Bob for half of one, on Monday, 2027-03-01, by Berlin's clock. */
export const loopSearch = (more: object = {}) => ({
  organizerId: user("recruiter"),
  legs: [legOf(60, ["ada"]), legOf(30, ["bob"])],
  timezone: "Europe/Berlin",
  from: "2027-03-01T09:00",
  to: "2027-03-01T17:00",
  ...more,
});

/** Starts a search that must be accepted. */
export async function computeLoop(client: Client, input: object): Promise<any> {
  const { computeLoopAvailability: result } = await client.data(COMPUTE_LOOP, { input });
  expect(result, JSON.stringify(result, null, 1)).toMatchObject({ __typename: "ComputeLoopAvailabilitySuccess" });
  return result.search;
}

/** A search from request to result. */
export async function searchedLoop(app: TestApp, input: object, client = app.client): Promise<any> {
  const { id, status } = await computeLoop(client, input);
  if (status === "PENDING") await completeOnce(app, id);
  const { loopAvailabilitySearch } = await client.data(READ_LOOP, { id });
  expect(loopAvailabilitySearch).toMatchObject({ status: "SUCCEEDED" });
  return loopAvailabilitySearch;
}

/** Sequences by the clock of the search: `0 09:00 ada, 1 10:00 bob`, with `?` behind those of whom it is not known. */
export const sequencesOf = ({ sequences }: any): string[] =>
  sequences.map(({ legs }: any) =>
    legs
      .map(({ leg, localStartTime, interviewers, unknown }: any) => {
        const names = interviewers.map(({ name }: any) => {
          return `${name.slice(5)}${unknown.some((one: any) => one.name === name) ? "?" : ""}`;
        });
        return `${leg} ${localStartTime.slice(11, 16)} ${names.join(" ")}`;
      })
      .join(", "),
  );
