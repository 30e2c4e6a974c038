import type { Providers } from "../calendar/provider.ts";
import { singleLine } from "../core/text.ts";
import { recordEvent } from "../events/record.ts";
import { systemContext } from "../operation/context.ts";
import type { Context, Services } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import type { TaskHandler } from "../tasks/runner.ts";
import { loadArrangement } from "./arrangement.ts";
import type { Arrangement } from "./arrangement.ts";
import { composeCalendarEvent, composeInvitations, interviewTitle } from "./invite.ts";
import { interviewInAccount, provisioningOfInterview } from "./load.ts";
import type { Interview } from "./request.ts";
import { moveProvisioning, recordFailedAttempt } from "./retry.ts";
import { performStep } from "./step.ts";
import { provisionInterview } from "./tasks.ts";

const WITHOUT_CONFERENCE: readonly string[] = ["ONSITE", "PHONE"];

/** The worker's side of `provisionInterview`. */
export function provisioningHandler(services: Services, providers: Providers): TaskHandler<{ interviewId: string }> {
  return {
    task: provisionInterview,
    run: ({ interviewId }, { accountId, id }) =>
      attemptProvisioning(systemContext(services, accountId, `task ${id}`), providers, interviewId),
  };
}

/** One attempt, unless there is nothing to do, or not yet. */
async function attemptProvisioning(ctx: Context, providers: Providers, interviewId: string): Promise<void> {
  const [interview, earlier] = await Promise.all([
    ctx.load(interviewInAccount, interviewId),
    ctx.load(provisioningOfInterview, interviewId),
  ]);
  if (!interview) throw new Error("There is no interview with the id of this task.");
  if (interview.provisioningState !== "PENDING" || interview.outcome === "CANCELLED") return;
  try {
    await provision(ctx, providers, interview);
  } catch (error) {
    await recordFailedAttempt(ctx, { interviewId, seen: earlier?.attempts ?? 0 }, error);
  }
}

/** Conference, calendar event, invitations, then the record; each of them safe to repeat. */
async function provision(ctx: Context, providers: Providers, interview: Interview): Promise<void> {
  const arrangement = await loadArrangement(ctx, interview);
  const conferenceUrl = await provideConference(ctx, providers, arrangement);
  await provideCalendarEvent(ctx, providers, { arrangement, conferenceUrl });
  await sendInvitations(ctx, providers, { arrangement, conferenceUrl });
  await markProvisioned(ctx, interview.id, conferenceUrl);
}

async function provideConference(
  ctx: Context,
  { conference }: Providers,
  arrangement: Arrangement,
): Promise<string | null> {
  const { interview } = arrangement;
  const { location, startsAt, endsAt } = interview;
  if (location === null || WITHOUT_CONFERENCE.includes(location)) return null;
  const topic = singleLine(interviewTitle(arrangement));
  const { url } = await performStep(ctx, {
    interview,
    step: "conference",
    request: { location, topic, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() },
    perform: (request, effect) => conference.createConference(request, effect),
  });
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
  await performStep(ctx, {
    interview: arrangement.interview,
    step: "calendar-event",
    request: composeCalendarEvent(arrangement, conferenceUrl),
    perform: (request, effect) => calendar.createCalendarEvent(request, effect),
  });
}

async function sendInvitations(
  ctx: Context,
  { mailer }: Providers,
  { arrangement, conferenceUrl }: Provided,
): Promise<void> {
  for (const { recipient, message } of composeInvitations(arrangement, conferenceUrl)) {
    await performStep(ctx, {
      interview: arrangement.interview,
      step: `invitation/${recipient}`,
      request: message,
      perform: (request, effect) => mailer.send(request, effect),
    });
  }
}

/** Changes nothing when another run of the task was first, or the interview was cancelled meanwhile. */
async function markProvisioned(ctx: Context, interviewId: string, conferenceUrl: string | null): Promise<void> {
  const change = { provisioningState: "PROVISIONED", conferenceUrl, provisionedAt: ctx.now() } as const;
  await inTransaction(ctx, async (tx) => {
    const moved = await moveProvisioning(tx, ctx, { interviewId, from: "PENDING", change });
    if (moved) await recordEvent(tx, ctx, { type: "INTERVIEW_PROVISIONED", interviewId });
  });
}
