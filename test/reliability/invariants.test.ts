import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeId } from "../../src/core/id.ts";
import { provisioningHandler } from "../../src/provisioning/reconcile.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview, external } from "../support/interview.ts";
import { findViolations, readInvariants } from "./support/audit.ts";
import type { PerformedEffect } from "./support/provider.ts";

let app: TestApp;
let sql: postgres.Sql;
/** A provisioned interview, a pending one and an external one. */
let ids: { done: string; pending: string; external: string };
let account: string;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  sql = postgres(app.databaseUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  const create = async (input: object) => decodeId(await createInterview(app.client, input)).id;
  ids = { done: await create(adHoc()), pending: await create(adHoc()), external: await create(external()) };
  const [row] = await sql`select account_id from interviews limit 1`;
  account = row?.["account_id"];
  const handler = provisioningHandler(app.app.services, app.app.providers);
  await handler.run({ interviewId: ids.done }, { accountId: account, id: "test" });
});
afterAll(async () => {
  await sql?.end();
  await app?.stop();
});

const effect = (effectKey: string, visible: string): PerformedEffect => ({
  accountId: account,
  effectKey,
  kind: "conferences",
  visible,
  content: {},
});
const mail = (visible: string, content: object): PerformedEffect => ({
  accountId: account,
  effectKey: `${ids.done}/invitation/candidate/x/${visible}`,
  kind: "messages",
  visible,
  content: { uid: ids.done, to: "carla@example.com", startsAt: START, endsAt: END, ...content },
});
const [START, END] = ["2027-03-01T09:00:00Z", "2027-03-01T09:30:00Z"];
const again = (type: string, id: string) => `
  insert into events select (jsonb_populate_record(event, jsonb_build_object('sequence', 99, 'id', gen_random_uuid()))).*
  from events event where type = '${type}' and subject_id = '${id}'`;

/** How each invariant can be broken, by its name: statements, or what the provider did. */
const BREAKS: Record<string, () => string | PerformedEffect[]> = {
  "an interview without its created event": () => `delete from events where subject_id = '${ids.pending}'`,
  "an interview of an account that has no event counter": () => "delete from event_counters",
  "an interview that was created twice": () => again("INTERVIEW_CREATED", ids.pending),
  "an interview that two idempotency keys created": () => `
    insert into idempotency_keys (account_id, operation, key, fingerprint, subject_id, result, created_at)
    select '${account}', 'createInterview', 'key ' || n, '\\x00', '${ids.done}', '{}', now()
    from generate_series(1, 2) n`,
  "a pending interview without a task": () => "delete from pgboss.job",
  "a pending interview whose next attempt was never planned": () =>
    `insert into provisionings (account_id, interview_id, attempts) values ('${account}', '${ids.pending}', 1)`,
  "an external interview with a task": () =>
    `update pgboss.job set data = jsonb_set(data, '{payload,interviewId}', '"${ids.external}"')`,
  "an external interview with an effect, an attempt or an outcome of provisioning": () =>
    `update provisioning_effects set interview_id = '${ids.external}'`,
  "two provisioned events for one version": () => again("INTERVIEW_PROVISIONED", ids.done),
  "a provisioned interview without its event, or the event without the state": () =>
    `update interviews set provisioning_state = 'FAILED' where id = '${ids.done}'`,
  "a provisioned interview that lacks something outside": () =>
    "delete from provisioning_effects where artifact like 'calendar-event/%'",
  "a settled interview with something outside that should not be there": () =>
    `update interviews set outcome = 'CANCELLED' where id = '${ids.done}'`,
  "a settled interview with an effect of unknown fate": () =>
    "update provisioning_effects set state = 'STARTED', result = null",
  "a withdrawal of what never was, or a second withdrawal": () =>
    "update provisioning_effects set action = 'REMOVE' where artifact like 'invitation/candidate/%'",
  "a person who was sent a sequence that falls, or one method twice under one sequence": () => `
    insert into provisioning_effects
    select (jsonb_populate_record(effect, '{"revision": 2}')).* from provisioning_effects effect
    where artifact like 'invitation/candidate/%'`,
  "a cancelled interview that holds seats": () =>
    `update interviews set outcome = 'CANCELLED' where id = '${ids.pending}'`,
  "a hole or a repeat in an account's event numbers": () => "delete from events where sequence = 2",
  "an event of an account that has no counter, or an id that two events share": () =>
    `alter table events drop constraint events_id; update events set id = '${ids.done}'`,
  "an event whose version lies beyond the interview's": () => "update events set subject_version = 9",
  "an interview whose events do not tell its versions one by one": () => "update interviews set version = version + 1",
  "an effect key that was used twice": () => [effect("a", "one"), effect("a", "two")],
  "an effect that somebody saw twice": () => [effect("a", "one"), effect("b", "one")],
  "a finished effect that the provider never performed": () => [effect("a", "one")],
  "an effect of a settled interview that its ledger does not know": () => [effect(`${ids.done}/invitation/x`, "one")],
  "a conference or an event at the provider of which a settled interview's ledger does not know": () => [
    effect(`${ids.done}/conference/ZOOM/1`, "one"),
  ],
  "a conference or an event of a settled interview that is at the provider at another time, or not at all": () => [
    effect("a", "one"),
  ],
  "a mailbox that was sent a CANCEL without a REQUEST before it": () => [mail("1", { method: "CANCEL", sequence: 0 })],
  "a mailbox in which a SEQUENCE falls, or has two mails of one method": () => [
    mail("1", { method: "REQUEST", sequence: 1 }),
    mail("2", { method: "REQUEST", sequence: 0 }),
  ],
  "a mailbox that holds another state of a settled interview than its record": () => [
    mail("1", { method: "REQUEST", sequence: 0, startsAt: "2027-03-01T10:00:00Z" }),
  ],
  "a seat whose times differ from the interview's": () =>
    "update interviewers set ends_at = ends_at + interval '1 hour'",
  "an interview without a seat": () => `delete from interviewers where interview_id = '${ids.done}'`,
  "two exclusive seats of one interviewer that overlap": () => `
    alter table interviewers drop constraint interviewers_no_double_booking;
    update interviewers set claim = 'EXCLUSIVE'`,
};

test("a sound database breaks none, and each can be broken", async () => {
  expect(await findViolations(sql)).toEqual({});
  const { invariants } = await readInvariants();
  expect(Object.keys(BREAKS).toSorted()).toEqual(invariants.map(({ name }) => name).toSorted());
});

test.each(Object.entries(BREAKS))("%s", async (name, breaking) => {
  const broken = breaking();
  const rollback = new Error("rolled back");
  const found = Promise.withResolvers<string[]>();
  const looking = sql.begin(async (tx) => {
    await tx.unsafe("set session_replication_role = replica");
    if (typeof broken === "string") await tx.unsafe(broken);
    const violations = await findViolations(tx as unknown as postgres.Sql, typeof broken === "string" ? [] : broken);
    found.resolve(Object.keys(violations));
    throw rollback;
  });
  await expect(looking).rejects.toBe(rollback);
  expect(await found.promise).toContain(name);
});
