import { expect } from "vitest";
import { searchHandler } from "../../src/availability/complete.ts";
import { decodeId } from "../../src/core/id.ts";
import type { TestApp } from "./app.ts";
import type { Client } from "./client.ts";
import { user } from "./interview.ts";

export const SEARCH_FIELDS = /* GraphQL */ `
  fragment Search on AvailabilitySearch {
    id
    status
    completedAt
    expiresAt
    error {
      code
    }
    slots(first: 100) {
      nodes {
        startTime
        localStartTime
        interviewers {
          name
        }
        unknown {
          name
        }
      }
    }
    perhaps: slots(includeUnknown: true, first: 100) {
      nodes {
        startTime
        unknown {
          name
        }
      }
    }
    summary {
      candidateStarts
      freeStarts
      unknownStarts
      reasons {
        reason
        starts
      }
    }
    people {
      user {
        name
      }
      isOrganizer
      calendar
      workingHoursKnown
      freeStarts
      soleObstacleOf
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

export const COMPUTE = /* GraphQL */ `
  ${SEARCH_FIELDS}
  mutation Compute($input: ComputeAvailabilityInput!) {
    computeAvailability(input: $input) {
      __typename
      ... on ComputeAvailabilitySuccess {
        search {
          ...Search
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

export const READ = /* GraphQL */ `
  ${SEARCH_FIELDS}
  query Read($id: ID!) {
    availabilitySearch(id: $id) {
      ...Search
    }
  }
`;

/** A request that is accepted: the recruiter and Ada, half an hour on Monday, 2027-03-01, by Berlin's clock. */
export const search = (more: object = {}) => ({
  organizerId: user("recruiter"),
  interviewerIds: [user("ada")],
  kind: "PANEL",
  durationMinutes: 30,
  timezone: "Europe/Berlin",
  from: "2027-03-01T09:00",
  to: "2027-03-01T17:00",
  ...more,
});

/** Connects calendars of users, at their e-mail addresses. */
export async function connectCalendars({ app }: Pick<TestApp, "app">, externalIds: string[]): Promise<void> {
  await app.connections.raw`
    update users set calendar_address = email where external_id = any(${`{${externalIds.join(",")}}`}::text[])`;
}

/** What the rules of a user's time are from now on. */
export async function setRules({ app }: Pick<TestApp, "app">, externalId: string, rules: object): Promise<void> {
  await app.connections.raw`
    update users set (working_hours, working_hours_overrides, time_off, max_interviews_per_day, max_interviews_per_week, buffer_minutes) = (
      select coalesce(hours, '[]'), coalesce(overrides, '[]'), coalesce(off, '[]'), "day", week, coalesce(buffer, 0)
      from json_to_record(${JSON.stringify(rules)}::text::json)
        as rules (hours jsonb, overrides jsonb, off jsonb, "day" int, week int, buffer int))
    where external_id = ${externalId}`;
}

/** Makes a calendar of the sandbox busy with something of its own. */
export async function addBusySpan(
  { app }: Pick<TestApp, "app">,
  { address, from, to }: { address: string; from: string; to: string },
): Promise<void> {
  await app.connections.raw`
    insert into sandbox_busy_spans (account_id, calendar_address, starts_at, ends_at)
    select id, ${address}, ${from}::timestamptz, ${to}::timestamptz from accounts`;
}

/** Forgets what calendars have answered, so that they are asked again. */
export const forgetAnswers = ({ app }: Pick<TestApp, "app">) => app.connections.raw`delete from free_busy_answers`;

/** Starts a search that must be accepted. */
export async function compute(client: Client, input: object): Promise<any> {
  const { computeAvailability: result } = await client.data(COMPUTE, { input });
  expect(result, JSON.stringify(result, null, 1)).toMatchObject({ __typename: "ComputeAvailabilitySuccess" });
  return result.search;
}

/** Runs the task of a search once, as a worker would. */
export async function completeOnce(
  { app }: Pick<TestApp, "app">,
  id: string,
  { freeBusy = app.providers.freeBusy, deadlineMs = 5_000 } = {},
): Promise<void> {
  const { id: searchId } = decodeId(id);
  const [row] = await app.connections.raw`select account_id from availability_searches where id = ${searchId}`;
  await searchHandler(app.services, freeBusy, { deadlineMs }).run(
    { searchId },
    { accountId: row?.["account_id"], id: "t" },
  );
}

/** A search from request to result. */
export async function searched(app: TestApp, input: object, client = app.client): Promise<any> {
  const { id, status } = await compute(client, input);
  if (status === "PENDING") await completeOnce(app, id);
  const { availabilitySearch } = await client.data(READ, { id });
  expect(availabilitySearch).toMatchObject({ status: "SUCCEEDED" });
  return availabilitySearch;
}

/** Slots by the clock of the search: `09:00`. */
export const startsOf = ({ slots }: any): string[] =>
  slots.nodes.map(({ localStartTime }: any) => localStartTime.slice(11, 16));

/** Blocks of one reason, as `09:00 10:00` in UTC; all reasons when left out. */
export const blocksOf = (found: any, name: string, reason?: string): string[] =>
  found.people
    .find(({ user }: any) => user.name === `User ${name}`)
    .blocks.filter((block: any) => reason === undefined || block.reason === reason)
    .map(
      ({ startTime, endTime, reason: why }: any) =>
        `${startTime.slice(11, 16)} ${endTime.slice(11, 16)}${reason === undefined ? ` ${why}` : ""}`,
    );
