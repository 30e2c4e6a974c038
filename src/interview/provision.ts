import { and, eq, sql } from "drizzle-orm";
import type { Providers } from "../calendar/provider.ts";
import { interviews } from "../db/schema/interview.ts";
import { recordEvent } from "../events/record.ts";
import { systemContext } from "../operation/context.ts";
import type { Context, Services } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import type { TaskHandler } from "../tasks/runner.ts";
import { loadArrangement } from "./arrangement.ts";
import type { Arrangement } from "./arrangement.ts";
import { composeInvitations, interviewTitle } from "./invite.ts";
import { interviewInAccount } from "./load.ts";
import { performStep } from "./step.ts";
import { provisionInterview } from "./tasks.ts";

const WITHOUT_CONFERENCE: readonly (string | null)[] = ["ONSITE", "PHONE", null];

/** The worker's side of `provisionInterview`. */
export function provisioningHandler(services: Services, providers: Providers): TaskHandler<{ interviewId: string }> {
  return {
    task: provisionInterview,
    run: ({ interviewId }, { accountId, id }) =>
      provision(systemContext(services, accountId, `task ${id}`), providers, interviewId),
  };
}

/** Conference, calendar event, invitations, then the record; each of them safe to repeat. */
async function provision(ctx: Context, providers: Providers, interviewId: string): Promise<void> {
  const interview = await ctx.load(interviewInAccount, interviewId);
  if (interview?.provisioningState !== "PENDING" || interview.outcome === "CANCELLED") return;
  const arrangement = await loadArrangement(ctx, interview);
  const conferenceUrl = await provideConference(ctx, providers, arrangement);
  await provideCalendarEvent(ctx, providers, { arrangement, conferenceUrl });
  await sendInvitations(ctx, providers, { arrangement, conferenceUrl });
  await markProvisioned(ctx, interviewId, conferenceUrl);
}

async function provideConference(
  ctx: Context,
  { conference }: Providers,
  arrangement: Arrangement,
): Promise<string | null> {
  const { interview } = arrangement;
  const { location, startsAt, endsAt } = interview;
  if (location === null || WITHOUT_CONFERENCE.includes(location)) return null;
  const { url } = await performStep(ctx, { interview, step: "conference" }, (effectKey) =>
    conference.createConference({
      accountId: ctx.accountId,
      effectKey,
      location,
      topic: interviewTitle(arrangement),
      startsAt,
      endsAt,
    }),
  );
  return url;
}

interface Provided {
  arrangement: Arrangement;
  conferenceUrl: string | null;
}

async function provideCalendarEvent(
  ctx: Context,
  { calendar }: Providers,
  { arrangement, conferenceUrl }: Provided,
): Promise<void> {
  const { interview, organizer, candidate, interviewers } = arrangement;
  await performStep(ctx, { interview, step: "calendar-event" }, (effectKey) =>
    calendar.createCalendarEvent({
      accountId: ctx.accountId,
      effectKey,
      calendarAddress: organizer.calendarAddress ?? organizer.email,
      title: interviewTitle(arrangement),
      startsAt: interview.startsAt,
      endsAt: interview.endsAt,
      visibility: interview.calendarEventVisibility,
      conferenceUrl,
      attendees: [candidate.email, ...interviewers.map(({ email }) => email)],
    }),
  );
}

async function sendInvitations(
  ctx: Context,
  { mailer }: Providers,
  { arrangement, conferenceUrl }: Provided,
): Promise<void> {
  for (const { recipient, message } of composeInvitations(arrangement, conferenceUrl)) {
    await performStep(ctx, { interview: arrangement.interview, step: `invitation/${recipient}` }, async (effectKey) => {
      await mailer.send(message, effectKey);
      return {};
    });
  }
}

/** Changes nothing when another run of the task was first. */
async function markProvisioned(ctx: Context, interviewId: string, conferenceUrl: string | null): Promise<void> {
  const now = ctx.now();
  await inTransaction(ctx, async (tx) => {
    const [changed] = await tx
      .update(interviews)
      .set({
        conferenceUrl,
        provisioningState: "PROVISIONED",
        provisionedAt: now,
        updatedAt: now,
        version: sql`${interviews.version} + 1`,
      })
      .where(
        and(
          eq(interviews.accountId, ctx.accountId),
          eq(interviews.id, interviewId),
          eq(interviews.provisioningState, "PENDING"),
        ),
      )
      .returning({ id: interviews.id });
    if (!changed) return;
    await recordEvent(tx, ctx, { type: "INTERVIEW_PROVISIONED", interviewId });
  });
}
