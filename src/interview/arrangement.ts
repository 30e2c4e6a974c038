import * as hiring from "../hiring/load.ts";
import type { Candidate, Job, Office, Stage } from "../hiring/load.ts";
import type { Context } from "../operation/context.ts";
import { loaded } from "../operation/loader.ts";
import { userInAccount, usersOfSeats } from "../people/load.ts";
import type { User } from "../people/load.ts";
import { emailTemplateInAccount } from "../template/load.ts";
import type { EmailTemplate } from "../template/load.ts";
import { interviewersOfInterview } from "./load.ts";
import { partShown } from "./location.ts";
import type { Interview } from "./request.ts";

/** A managed interview with everything that its provisioning talks about. */
export interface Arrangement {
  interview: Interview;
  job: Job;
  stage: Stage;
  candidate: Candidate;
  organizer: User;
  interviewers: User[];
  office: Office | null;
  candidateTemplate: EmailTemplate;
  interviewerTemplate: EmailTemplate;
}

export async function loadArrangement(ctx: Context, interview: Interview): Promise<Arrangement> {
  const [job, stage, candidate, organizer, interviewers, office, candidateTemplate, interviewerTemplate] =
    await Promise.all([
      loaded(ctx.load(hiring.jobInAccount, interview.jobId)),
      loaded(ctx.load(hiring.stageInAccount, interview.stageId)),
      loaded(ctx.load(hiring.candidateInAccount, interview.candidateId)),
      loaded(ctx.load(userInAccount, interview.organizerId)),
      loaded(ctx.load(interviewersOfInterview, interview.id)).then((seats) => usersOfSeats(ctx, seats)),
      ctx.load(hiring.officeInAccount, partShown(interview, "officeId")),
      loaded(ctx.load(emailTemplateInAccount, interview.candidateTemplateId)),
      loaded(ctx.load(emailTemplateInAccount, interview.interviewerTemplateId)),
    ]);
  return { interview, job, stage, candidate, organizer, interviewers, office, candidateTemplate, interviewerTemplate };
}
