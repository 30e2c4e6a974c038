import type { z } from "zod";
import type { directory } from "../../src/import/directory.ts";

type Input = z.input<typeof directory>;
type Marks = "$schema" | "complete" | "submittedScorecards";
export type SmallFile = { [K in Exclude<keyof Input, Marks>]-?: NonNullable<Input[K]> } & Pick<Input, Marks>;

/** A fresh directory file in which everything occurs once or twice; tests change it to their needs. */
export function smallFile(account = "small"): SmallFile {
  return {
    account: { externalId: account, name: "Small" },
    users: [
      { externalId: "ada", name: "Ada", email: "ada@example.com", role: "ADMIN", timezone: "Europe/London" },
      { externalId: "bo", name: "Bo", email: "bo@example.com", role: "RECRUITER", timezone: "Asia/Kathmandu" },
    ],
    offices: [{ externalId: "hq", name: "HQ", address: "1 Main Street", timezone: "Europe/London" }],
    emailTemplates: [
      {
        externalId: "invite",
        name: "Invitation",
        channel: "CALENDAR_INVITE",
        category: "INTERVIEW_COORDINATION",
        subject: "Interview",
        body: "Hello {{candidate_name}}",
      },
    ],
    scorecardTemplates: [{ externalId: "card", name: "Card" }],
    jobs: [smallJob("engineer"), smallJob("designer")],
    candidates: [{ externalId: "cleo", name: "Cleo", email: "cleo@example.org", addedBy: "bo" }],
    applications: [
      { externalId: "cleo-1", candidate: "cleo", job: "engineer", currentStage: "engineer-talks", status: "ACTIVE" },
    ],
  };
}

/** A job with two stages, the second of which holds an interview and an e-mail. */
export function smallJob(externalId: string): SmallFile["jobs"][number] {
  return {
    externalId,
    title: externalId,
    hiringTeam: [
      { user: "ada", role: "HIRING_MANAGER" },
      { user: "bo", role: "RECRUITER" },
    ],
    interviewPlan: {
      name: "Plan",
      stages: [
        { externalId: `${externalId}-review`, name: "Review", milestone: "APPLICATION_REVIEW" },
        {
          externalId: `${externalId}-talks`,
          name: "Talks",
          milestone: "INTERVIEW",
          activities: [
            {
              externalId: `${externalId}-panel`,
              name: "Panel",
              type: "INTERVIEW",
              interview: {
                kind: "PANEL",
                location: "ONSITE",
                durationMinutes: 60,
                name: "Meet us",
                interviewers: ["bo", "ada"],
                office: "hq",
                aiNoteTakerEnabled: false,
                candidateTemplate: "invite",
                scorecard: { template: "card", feedbackDescription: "How was it?" },
              },
            },
            { externalId: `${externalId}-mail`, name: "Mail", type: "EMAIL" },
          ],
        },
      ],
    },
  };
}
