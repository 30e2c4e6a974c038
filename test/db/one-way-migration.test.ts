import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateApp } from "../../src/app.ts";
import { decodeId, decodeIdOf, encodeId, newId } from "../../src/core/id.ts";
import { connect } from "../../src/db/client.ts";
import { importDirectory } from "../../src/import/upsert.ts";
import { byMailbox, readOutbox } from "../provisioning/support/outbox.ts";
import { cancel, stateOf, update } from "../provisioning/support/verbs.ts";
import { ACCOUNT, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { sampleDirectory, sampleId } from "../support/directory.ts";
import { application, template, user } from "../support/interview.ts";
import { createDatabaseBefore } from "../support/migrations.ts";
import type { OldDatabase } from "../support/migrations.ts";
import { provisionOnce } from "../support/provisioning.ts";

const STARTS_AT = "2027-03-01T09:00:00.000Z";
const ENDS_AT = "2027-03-01T09:30:00.000Z";
const NEW = "2027-03-02T09:00:00.000Z";

const LATER_COLUMNS = [
  "working_hours_overrides jsonb",
  "time_off jsonb",
  "max_interviews_per_day int",
  "max_interviews_per_week int",
  "buffer_minutes int",
];
const REQUESTS = ["stored", "not stored"] as const;
const CHANGES = ["moved", "given people", "cancelled", "left alone"] as const;
interface Old {
  id: string;
  url: string;
}

let database: OldDatabase;
let app: TestApp;
const interviews = new Map<string, Old>();
beforeAll(async () => {
  database = await createDatabaseBefore("one_way");
  const connections = connect({ url: database.url, sizes: { db: 1 } });
  // The import writes columns that users have only in later versions.
  await connections.raw.unsafe(`alter table users ${LATER_COLUMNS.map((column) => `add ${column}`).join(", ")}`);
  await importDirectory(connections.db, sampleDirectory(ACCOUNT));
  await connections.raw.unsafe(
    `alter table users ${LATER_COLUMNS.map((column) => `drop ${column.split(" ")[0]}`).join(", ")}`,
  );
  await connections.close();
  for (const requests of REQUESTS)
    for (const change of CHANGES) interviews.set(`${requests} ${change}`, await insertProvisioned(database, requests));
  await migrateApp(database.url);
  app = await startTestApp({ worker: false, databaseUrl: () => database.url });
});
afterAll(async () => {
  await app?.stop();
  await database.drop();
});

function oldInterview(requests: (typeof REQUESTS)[number], change: (typeof CHANGES)[number]): Old {
  const old = interviews.get(`${requests} ${change}`);
  if (!old) throw new Error("There is no such interview.");
  return old;
}

/** @returns what each mailbox was sent since the migration */
async function run({ id }: Old): Promise<Record<string, string[]>> {
  await provisionOnce(app, id);
  expect((await stateOf(app, id)).state).toBe("PROVISIONED");
  return byMailbox(await readOutbox(app.outbox, decodeIdOf("Interview", id)));
}

const uuid = (id: string) => decodeId(id).id;
const ada = { id: uuid(user("ada")), name: "User ada", address: "ada@example.com" };
const bob = { id: uuid(user("bob")), name: "User bob", address: "bob@example.com" };
const carla = { name: "Carla", address: "carla@example.com" };

/** What the former implementation asked for at each step. */
function requestsOf(id: string, url: string): Record<string, object> {
  const organizer = { name: "User recruiter", address: "recruiter@example.com" };
  const times = { startsAt: STARTS_AT, endsAt: ENDS_AT };
  const texts = { title: "Talk", description: "Hello.", place: url, url, isPrivate: false };
  const meeting = { uid: id, sequence: 0, ...texts, ...times, organizer };
  const invitation = (to: object) => ({
    to,
    subject: "Talk",
    body: "Hello.",
    stamp: "2027-01-04T08:00:00.000Z",
    meeting,
  });
  return {
    conference: { location: "GOOGLE_MEET", topic: "Talk", ...times },
    "calendar-event": { meeting, attendees: [carla, ada, bob].map(({ address }) => address) },
    "invitation/candidate": invitation(carla),
    [`invitation/${ada.id}`]: invitation({ name: ada.name, address: ada.address }),
    [`invitation/${bob.id}`]: invitation({ name: bob.name, address: bob.address }),
  };
}

/** A provisioned interview as the former version stored it. @returns its id for clients, and its link */
async function insertProvisioned({ sql }: OldDatabase, requests: (typeof REQUESTS)[number]): Promise<Old> {
  const [id, code] = [newId(), `code-${newId()}`];
  const url = `http://gateway.test/sandbox/conferences/${code}`;
  const [account] = await sql`select id from accounts where external_id = ${ACCOUNT}`;
  const accountId = account?.["id"];
  await sql`
    insert into interviews (account_id, id, version, application_id, candidate_id, job_id, stage_id, organizer_id, name, kind,
      location, starts_at, ends_at, timezone, local_start, duration_minutes, tz_version, candidate_template_id,
      interviewer_template_id, candidate_rsvp, external, conference_url, provisioning_state, provisioned_at, created_at, updated_at)
    values (${accountId}, ${id}, 2, ${uuid(application("active"))}, ${uuid(sampleId("Candidate", "carla"))},
      ${uuid(sampleId("Job", "engineer"))}, ${uuid(sampleId("Stage", "screening"))}, ${uuid(user("recruiter"))}, 'Talk', 'PANEL',
      'GOOGLE_MEET', ${STARTS_AT}, ${ENDS_AT}, 'Europe/Berlin', '2027-03-01T10:00', 30, '2026c', ${uuid(template("to-candidate"))},
      ${uuid(template("to-interviewers"))}, 'NEEDS_ACTION', false, ${url}, 'PROVISIONED', now(), now(), now())`;
  for (const [position, { id: userId }] of [ada, bob].entries())
    await sql`
      insert into interviewers (account_id, interview_id, user_id, position, rsvp, claim, starts_at, ends_at)
      values (${accountId}, ${id}, ${userId}, ${position}, 'NEEDS_ACTION', 'SHARED', ${STARTS_AT}, ${ENDS_AT})`;
  const results: Record<string, object> = { conference: { url }, "calendar-event": { eventId: id } };
  for (const [step, request] of Object.entries(requestsOf(id, url)))
    await sql`
      insert into provisioning_steps (account_id, interview_id, step, effect_key, request, result, completed_at)
      values (${accountId}, ${id}, ${step}, ${`${id}/${step}`}, ${sql.json((requests === "stored" ? request : {}) as never)},
        ${sql.json((results[step] ?? {}) as never)}, now())`;
  await sql`
    insert into sandbox_conferences (account_id, effect_key, code, location)
    values (${accountId}, ${`${id}/conference`}, ${code}, 'GOOGLE_MEET')`;
  await sql`
    insert into sandbox_calendar_events (account_id, effect_key, id, uid, calendar_address, title, description, starts_at, ends_at,
      visibility, attendees)
    values (${accountId}, ${`${id}/calendar-event`}, ${newId()}, ${requests === "stored" ? id : ""}, 'recruiter@example.com', 'Talk',
      'Hello.', ${STARTS_AT}, ${ENDS_AT}, 'DEFAULT', '["carla@example.com"]')`;
  await sql`
    insert into idempotency_keys (account_id, operation, key, fingerprint, interview_id, warnings, created_at)
    values (${accountId}, 'createInterview', ${`key of ${id}`}, '\\x00', ${id}, '[{"code": "A"}]', now())`;
  return { id: encodeId("Interview", id), url };
}

/** What the sandbox has of an interview. */
async function outsideOf({ id }: Old) {
  const { sql } = database;
  const own = decodeIdOf("Interview", id);
  return {
    conferences: [
      ...(await sql`
        select code, starts_at, removed_at is not null as removed from sandbox_conferences where starts_with(id, ${own})`),
    ],
    events: [
      ...(await sql`
        select starts_at, removed_at is not null as removed from sandbox_calendar_events where uid = ${own}`),
    ],
  };
}

const codeIn = (url: string) => url.split("/").at(-1);

describe.each(REQUESTS)("an interview from before whose requests were %s", (requests) => {
  test("is moved under the same link, with one more REQUEST each", async () => {
    const old = oldInterview(requests, "moved");
    await update(app.client, old.id, { startTime: NEW });
    expect(await run(old)).toEqual({ ada: ["REQUEST 1"], bob: ["REQUEST 1"], carla: ["REQUEST 1"] });
    expect((await stateOf(app, old.id)).url).toBe(old.url);
    const at = { starts_at: new Date(NEW), removed: false };
    expect(await outsideOf(old)).toEqual({ conferences: [{ code: codeIn(old.url), ...at }], events: [at] });
  });

  test("gets and loses interviewers, and nobody else is invited again", async () => {
    const old = oldInterview(requests, "given people");
    await update(app.client, old.id, { interviewerIds: [user("ada"), user("bob"), user("extra-1")] });
    expect(await run(old)).toEqual({ "extra-1": ["REQUEST 0"] });
    await update(app.client, old.id, { interviewerIds: [user("ada")] });
    expect(await run(old)).toEqual({ "extra-1": ["REQUEST 0", "CANCEL 1"], bob: ["CANCEL 1"] });
  });

  test("is cancelled: all is taken down, and everybody is told", async () => {
    const old = oldInterview(requests, "cancelled");
    await cancel(app.client, old.id);
    const told = ["CANCEL 1 CANCELLED"];
    expect(await run(old)).toEqual({ ada: told, bob: told, carla: told });
    const was = { starts_at: new Date(STARTS_AT), removed: true };
    expect(await outsideOf(old)).toEqual({ conferences: [{ code: codeIn(old.url), ...was }], events: [was] });
  });

  test("is left alone while nobody changes it, and its key has its answer", async () => {
    const old = oldInterview(requests, "left alone");
    expect(await run(old)).toEqual({});
    const [key] = await database.sql`
      select operation, result from idempotency_keys where subject_id = ${decodeIdOf("Interview", old.id)}`;
    expect(key).toEqual({ operation: "createInterview", result: { warnings: [{ code: "A" }] } });
  });
});
