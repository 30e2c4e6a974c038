import { expect } from "vitest";
import { decodeIdOf } from "../../src/core/id.ts";
import type { TestApp } from "./app.ts";

/** What requests leave behind in a database, of all accounts. */
export interface Traces {
  interviews: number;
  events: number;
  /** The greatest number in the event log. */
  newest: number;
  tasks: number;
  /** Idempotency keys. */
  keys: number;
}

/** No request has left anything. */
const NO_TRACES: Traces = { interviews: 0, events: 0, newest: 0, tasks: 0, keys: 0 };

export async function tracesIn({ app }: Pick<TestApp, "app">): Promise<Traces> {
  const [traces] = await app.connections.raw<Traces[]>`
    select (select count(*)::int from interviews) as interviews, (select count(*)::int from events) as events,
      (select coalesce(max(sequence), 0)::int from events) as newest, (select count(*)::int from pgboss.job) as tasks,
      (select count(*)::int from idempotency_keys) as keys`;
  return traces ?? NO_TRACES;
}

/** Fails when requests have left anything, and takes it away: the next test is judged by itself. */
export async function expectNoTraces(app: Pick<TestApp, "app">): Promise<void> {
  const traces = await tracesIn(app);
  if (Object.values(traces).some((count) => count > 0)) await clearTraces(app);
  expect(traces).toEqual(NO_TRACES);
}

/** Deletes an interview and what belongs to it, but for its numbers in the event log. */
export async function deleteInterview({ app }: Pick<TestApp, "app">, id: string): Promise<void> {
  const { raw } = app.connections;
  const interviewId = decodeIdOf("Interview", id);
  await raw`delete from idempotency_keys where subject_id = ${interviewId}`;
  await raw`delete from events where subject_id = ${interviewId}`;
  await raw`delete from pgboss.job where data -> 'payload' ->> 'interviewId' = ${interviewId}`;
  await raw`delete from interviews where id = ${interviewId}`;
}

/** Deletes every interview and what belongs to one. */
export async function clearTraces({ app }: Pick<TestApp, "app">): Promise<void> {
  // Tables that small are emptied several times faster so than by TRUNCATE.
  await app.connections.raw
    .unsafe(
      `delete from provisioning_effects; delete from provisionings; delete from idempotency_keys; delete from events;
       delete from event_counters; delete from interviews; delete from interview_loops; delete from pgboss.job`,
    )
    .simple();
}
