import * as hiring from "../hiring/load.ts";
import type { Candidate, Job, Office, Stage } from "../hiring/load.ts";
import type { Context } from "../operation/context.ts";
import { loaded } from "../read/loader.ts";
import { interviewersOfInterview } from "../interview/load.ts";
import type { Interviewer } from "../interview/load.ts";
import { partShown } from "../interview/location.ts";
import type { Interview } from "../interview/load.ts";
import { userInAccount } from "../people/load.ts";
import type { User } from "../people/load.ts";
import { emailTemplateInAccount } from "../template/load.ts";
import type { EmailTemplate } from "../template/load.ts";

/** A managed interview with everything that its provisioning talks about. */
export interface Arrangement {
  interview: Interview;
  job: Job;
  stage: Stage;
  candidate: Candidate;
  organizer: User;
  interviewers: { seat: Interviewer; user: User }[];
  /** Of a ZOOM meeting. */
  host: User | null;
  office: Office | null;
  candidateTemplate: EmailTemplate;
  interviewerTemplate: EmailTemplate;
}

export async function loadArrangement(ctx: Context, interview: Interview): Promise<Arrangement> {
  const [job, stage, candidate, organizer, interviewers, host, office, candidateTemplate, interviewerTemplate] =
    await Promise.all([
      loaded(ctx.load(hiring.jobInAccount, interview.jobId)),
      loaded(ctx.load(hiring.stageInAccount, interview.stageId)),
      loaded(ctx.load(hiring.candidateInAccount, interview.candidateId)),
      loaded(ctx.load(userInAccount, interview.organizerId)),
      loadInterviewers(ctx, interview.id),
      ctx.load(userInAccount, partShown(interview, "hostId")),
      ctx.load(hiring.officeInAccount, partShown(interview, "officeId")),
      loaded(ctx.load(emailTemplateInAccount, interview.candidateTemplateId)),
      loaded(ctx.load(emailTemplateInAccount, interview.interviewerTemplateId)),
    ]);
  const people = { candidate, organizer, interviewers, host };
  return { interview, job, stage, ...people, office, candidateTemplate, interviewerTemplate };
}

async function loadInterviewers(ctx: Context, interviewId: string): Promise<Arrangement["interviewers"]> {
  const seats = await loaded(ctx.load(interviewersOfInterview, interviewId));
  return Promise.all(seats.map(async (seat) => ({ seat, user: await loaded(ctx.load(userInAccount, seat.userId)) })));
}
