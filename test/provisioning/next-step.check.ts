import * as fc from "fast-check";
import { expect, test } from "vitest";
import { composeCalendarEvent, composeConference, inviteesOf } from "../../src/provisioning/compose.ts";
import { conferenceUrlOf } from "../../src/provisioning/next-step.ts";
import { noticesOf } from "../../src/provisioning/notice.ts";
import { consequenceOf } from "../../src/scheduling/update/consequence.ts";
import type { Columns } from "../../src/scheduling/update/consequence.ts";
import { arrange, HALF_HOUR, LOCATIONS, newInterview, START, USERS } from "./support/sample.ts";
import { World } from "./support/world.ts";
import type { Fate } from "./support/world.ts";

const DAY = 24 * 60 * 60_000;
const BEFORE = new Date(START.getTime() - 30 * DAY);
/** More than any plan may take after the last change: everything put, withdrawn and put again. */
const MAX_STEPS = 60;

interface Edit {
  columns: Columns;
  people?: string[] | undefined;
}

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.nat(3).map((days) => {
    const startsAt = new Date(START.getTime() + days * DAY);
    return { columns: { startsAt, endsAt: new Date(startsAt.getTime() + HALF_HOUR) } };
  }),
  fc.subarray([...USERS], { minLength: 1 }).map((people) => ({ columns: {}, people })),
  fc.constantFrom(...LOCATIONS).map((location) => ({ columns: { location } })),
  fc.constantFrom("Talk", "Chat").map((name) => ({ columns: { name } })),
  fc.constantFrom("berlin", "london").map((officeId) => ({ columns: { officeId } })),
);

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>("done") },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Fate>(
      "killed before",
      "killed after",
      "answer lost",
      "request lost",
      "refused for now",
      "refused for good",
    ),
  },
);

type Act =
  | { edit: Edit }
  | { run: Fate[] }
  | { relink: true }
  | { readdress: string }
  | { answer: true }
  | { cancel: true };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: edit.map((one) => ({ edit: one })) },
  { weight: 6, arbitrary: fc.array(fate, { maxLength: 8 }).map((run) => ({ run })) },
  { weight: 1, arbitrary: fc.constant({ relink: true as const }) },
  { weight: 1, arbitrary: fc.constantFrom("ada", "bob", "candidate", "organizer").map((readdress) => ({ readdress })) },
  { weight: 1, arbitrary: fc.constant({ answer: true as const }) },
  { weight: 1, arbitrary: fc.constant({ cancel: true as const }) },
);

function open(): { world: World; addresses: Map<string, string> } {
  const addresses = new Map<string, string>();
  return { addresses, world: new World(newInterview(), (stored) => arrange(stored, addresses), BEFORE) };
}

function change(world: World, { columns, people }: Edit): void {
  const { interview, seats } = world.stored;
  if (interview.outcome) return;
  const interviewerIds = people ?? seats.map(({ userId }) => userId);
  const { set, after, reconcile } = consequenceOf(world.stored, {
    columns,
    interviewerIds,
    conflictPolicy: "ALLOW",
    conflictReason: "a test",
    reason: null,
  });
  if (reconcile) world.change(set, after.seats);
  else world.stored = { interview: { ...interview, ...set }, seats: after.seats };
}

function cancel(world: World): void {
  const { calendarSequence, outcome } = world.stored.interview;
  if (outcome === null) world.change({ outcome: "CANCELLED", calendarSequence: calendarSequence + 1 });
}

function perform({ world, addresses }: ReturnType<typeof open>, one: Act): void {
  if ("edit" in one) change(world, one.edit);
  else if ("run" in one) world.run(one.run);
  else if ("relink" in one) world.relink = true;
  else if ("readdress" in one) addresses.set(one.readdress, `${one.readdress}-${addresses.size}@example.org`);
  else if ("answer" in one) world.stored.interview.candidateRsvp = "ACCEPTED";
  else cancel(world);
}

const forever: Iterable<Fate> = {
  *[Symbol.iterator]() {
    for (;;) yield "done";
  },
};

/** What was refused for good is asked for again by a retry, under a new revision. */
function settle(world: World): void {
  world.steps = 0;
  for (let attempt = 0; !world.run(forever); attempt += 1) {
    if (attempt > 3) throw new Error("It does not settle.");
    world.change({});
  }
  expect(world.steps).toBeLessThan(MAX_STEPS);
}

const mailboxes = (world: World) => Map.groupBy(world.sent, ({ artifact }) => artifact);
/** Those in which a mail may or may not have arrived for good: nobody can know better. */
const uncertain = (world: World) =>
  new Set(world.entries.filter(({ state }) => state === "UNCERTAIN").map(({ artifact }) => artifact));

function assertMailsInOrder(world: World): void {
  const unknown = uncertain(world);
  for (const [artifact, mails] of mailboxes(world)) {
    const lines = mails.map(({ message }) => `${message.method} ${message.meeting.sequence}`);
    expect(new Set(lines).size, lines.join(", ")).toBe(lines.length);
    const sequences = mails.map(({ message }) => message.meeting.sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    const first = unknown.has(artifact) ? "REQUEST" : lines[0];
    expect(first, lines.join(", ")).toMatch(/^REQUEST/);
  }
}

/** What a reader of a mailbox holds: by sequence, then by time. */
function held(mails: World["sent"]) {
  const [last] = mails.toSorted(
    (a, b) => b.message.meeting.sequence - a.message.meeting.sequence || b.message.stamp.localeCompare(a.message.stamp),
  );
  return last?.message.method === "REQUEST" ? last.message : null;
}

function assertAtRest({ world }: ReturnType<typeof open>): void {
  const { arrangement, ledger } = world;
  const { interview } = arrangement;
  const cancelled = interview.outcome === "CANCELLED";
  const url = conferenceUrlOf(arrangement, ledger);
  const conference = cancelled ? null : composeConference(arrangement);
  expect([...world.conferences.values()]).toEqual(conference ? [{ conference, url }] : []);
  expect([...world.events.values()]).toEqual(cancelled ? [] : [composeCalendarEvent(arrangement, url)]);

  const unknown = uncertain(world);
  const wanted = new Set(cancelled ? [] : inviteesOf(arrangement).map(({ recipient }) => recipient));
  const holding = new Map<string, number>();
  for (const [artifact, mails] of mailboxes(world)) {
    const message = held(mails);
    const recipient = artifact.split("/")[1] ?? "";
    if (!message || unknown.has(artifact)) continue;
    expect(wanted, `${artifact} holds an invitation`).toContain(recipient);
    holding.set(recipient, (holding.get(recipient) ?? 0) + 1);
    expect(message.meeting).toMatchObject({
      url,
      startsAt: interview.startsAt.toISOString(),
      endsAt: interview.endsAt.toISOString(),
      status: "CONFIRMED",
    });
  }
  const oneEach = new Map([...wanted].map((recipient) => [recipient, 1]));
  expect(holding).toEqual(unknown.size === 0 ? oneEach : holding);
}

test("whatever happens on the way, the outside comes to equal the record", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
      const site = open();
      for (const one of acts) {
        perform(site, one);
        assertMailsInOrder(site.world);
      }
      settle(site.world);
      assertMailsInOrder(site.world);
      assertAtRest(site);
      const { length } = site.world.sent;
      site.world.change({});
      settle(site.world);
      expect(site.world.sent).toHaveLength(length);
    }),
    { numRuns: 300 },
  );
});

test("the notices of a change are the mails that follow", () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 6 }), fc.boolean(), (edits, cancelled) => {
      const { world } = open();
      settle(world);
      const follow = (changing: () => void) => {
        const [before, { revision }] = [world.sent.length, world.stored.interview];
        changing();
        const changed = world.stored.interview.revision > revision;
        const notices = changed ? noticesOf(world.arrangement, world.ledger, world.now) : [];
        settle(world);
        const mails = world.sent
          .slice(before)
          .map(({ artifact, message }) => `${message.method} ${artifact.split("/")[1]}`);
        expect(mails.toSorted()).toEqual(notices.map(({ method, recipient }) => `${method} ${recipient}`).toSorted());
      };
      for (const one of edits) follow(() => change(world, one));
      if (cancelled) follow(() => cancel(world));
    }),
    { numRuns: 80 },
  );
});
