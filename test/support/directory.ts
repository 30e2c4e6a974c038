import { encodeId, stableId } from "../../src/core/id.ts";
import { directory } from "../../src/import/directory.ts";
import type { Directory } from "../../src/import/directory.ts";

const NOUNS = {
  User: "user",
  Office: "office",
  EmailTemplate: "email template",
  ScorecardTemplate: "scorecard template",
  Job: "job",
  Stage: "stage",
  StageActivity: "stage activity",
  Candidate: "candidate",
  Application: "application",
} as const;

/** The opaque id of an object of the sample directory. */
export function sampleId(type: keyof typeof NOUNS, externalId: string, account = "sample"): string {
  return encodeId(type, stableId(account, NOUNS[type], externalId));
}

/** What a request of the sample account says, with the ids of another account that has the sample directory. */
export function inAccount<T extends object>(account: string, input: T): T {
  const idThere = new Map(
    sampleObjects().map(([type, externalId]) => [sampleId(type, externalId), sampleId(type, externalId, account)]),
  );
  return JSON.parse(JSON.stringify(input), (_key, value: unknown) => idThere.get(String(value)) ?? value) as T;
}

/** Every object of the sample directory that has an id. */
function sampleObjects(): [type: keyof typeof NOUNS, externalId: string][] {
  const { jobs, ...file } = sampleDirectory("sample");
  const stages = jobs.flatMap(({ interviewPlan }) => interviewPlan.stages);
  const lists: Record<keyof typeof NOUNS, { externalId: string }[]> = {
    User: file.users,
    Office: file.offices,
    EmailTemplate: file.emailTemplates,
    ScorecardTemplate: file.scorecardTemplates,
    Job: jobs,
    Stage: stages,
    StageActivity: stages.flatMap(({ activities }) => activities),
    Candidate: file.candidates,
    Application: file.applications,
  };
  const types = Object.keys(lists) as (keyof typeof NOUNS)[];
  return types.flatMap((type) => lists[type].map(({ externalId }) => [type, externalId] as [typeof type, string]));
}

const user = (externalId: string, more: object = {}) => ({
  externalId,
  name: `User ${externalId}`,
  email: `${externalId}@example.com`,
  role: "ORGANIZATION_MEMBER",
  timezone: "Europe/Berlin",
  ...more,
});

const template = (externalId: string, channel: string, category: string) => ({
  externalId,
  name: `Template ${externalId}`,
  channel,
  category,
  subject: "{{interview_name}} on {{start_time}}",
  body: "Hello {{candidate_name}}, {{interviewer_names}} and {{organizer_name}} meet at {{location}} {{office_name}} {{conference_url}}.",
});

const application = (externalId: string, candidate: string, more: object = {}) => ({
  externalId,
  candidate,
  job: "engineer",
  currentStage: "screening",
  status: "ACTIVE",
  ...more,
});

/** A directory that has one of everything the rules distinguish. External ids say what is special. */
export function sampleDirectory(account: string): Directory {
  return directory.parse({
    account: { externalId: account, name: `Account ${account}` },
    users: [
      user("admin", { role: "ADMIN", calendarAddress: "admin@example.com" }),
      user("super-admin", { role: "SUPER_ADMIN", calendarAddress: "super-admin@example.com" }),
      user("recruiter", { role: "RECRUITER", calendarAddress: "recruiter@example.com" }),
      user("hiring-manager", { role: "HIRING_MANAGER", calendarAddress: "hiring-manager@example.com" }),
      user("coordinator", { calendarAddress: "coordinator@example.com" }),
      user("external-recruiter", { role: "EXTERNAL_COLLABORATOR", calendarAddress: "external-recruiter@example.org" }),
      user("stranger", { calendarAddress: "stranger@example.com" }),
      user("no-calendar", { role: "ADMIN" }),
      user("inactive", { role: "ADMIN", active: false, calendarAddress: "inactive@example.com" }),
      user("ada", { zoomSeat: "ACTIVE", timezone: "Europe/London" }),
      user("bob", { zoomSeat: "INACTIVE", timezone: "America/New_York" }),
      ...Array.from({ length: 12 }, (_, index) => user(`extra-${index}`)),
    ],
    offices: [
      { externalId: "berlin", name: "Berlin", address: "Torstr. 1, 10119 Berlin", timezone: "Europe/Berlin" },
      { externalId: "london", name: "London", address: "1 Old Street, London", timezone: "Europe/London" },
    ],
    emailTemplates: [
      template("to-candidate", "CALENDAR_INVITE", "INTERVIEW_COORDINATION"),
      template("to-candidate-2", "CALENDAR_INVITE", "INTERVIEW_COORDINATION"),
      template("to-interviewers", "CALENDAR_INVITE", "INTERVIEWER_COORDINATION"),
      template("to-interviewers-2", "CALENDAR_INVITE", "INTERVIEWER_COORDINATION"),
      template("mail-to-candidate", "EMAIL", "INTERVIEW_COORDINATION"),
      template("rejection", "EMAIL", "REJECTION"),
    ],
    scorecardTemplates: [
      { externalId: "general", name: "General" },
      { externalId: "coding", name: "Coding" },
    ],
    jobs: [
      {
        externalId: "engineer",
        title: "Engineer",
        department: "Engineering",
        hiringTeam: [
          { user: "recruiter", role: "RECRUITER" },
          { user: "hiring-manager", role: "HIRING_MANAGER" },
          { user: "coordinator", role: "COORDINATOR" },
          { user: "external-recruiter", role: "EXTERNAL_RECRUITER" },
        ],
        interviewPlan: {
          name: "Engineer plan",
          stages: [
            { externalId: "screening", name: "Screening", milestone: "APPLICATION_REVIEW" },
            {
              externalId: "onsite",
              name: "On site",
              milestone: "INTERVIEW",
              activities: [
                {
                  externalId: "full",
                  name: "Panel",
                  type: "INTERVIEW",
                  interview: {
                    kind: "PANEL",
                    location: "ONSITE",
                    durationMinutes: 45,
                    name: "Panel talk",
                    interviewers: ["ada", "bob"],
                    office: "berlin",
                    hackerrankTemplateId: "hr-1",
                    aiNoteTakerEnabled: true,
                    aiScorecardAssistEnabled: true,
                    candidateTemplate: "to-candidate",
                    interviewerTemplate: "to-interviewers",
                    scorecard: {
                      template: "general",
                      required: true,
                      feedbackDescription: "What went well?",
                      ratingDescription: "One to five",
                    },
                  },
                },
                { externalId: "empty", name: "Talk", type: "INTERVIEW" },
                { externalId: "email", name: "Thanks", type: "EMAIL" },
              ],
            },
          ],
        },
      },
      {
        externalId: "designer",
        title: "Designer",
        hiringTeam: [],
        interviewPlan: {
          name: "Designer plan",
          stages: [
            {
              externalId: "portfolio",
              name: "Portfolio",
              milestone: "INTERVIEW",
              activities: [{ externalId: "designer-talk", name: "Talk", type: "INTERVIEW" }],
            },
          ],
        },
      },
    ],
    candidates: [
      { externalId: "carla", name: "Carla", email: "carla@example.com" },
      { externalId: "agency-candidate", name: "Dan", email: "dan@example.org", addedBy: "external-recruiter" },
    ],
    applications: [
      application("active", "carla"),
      application("agency", "agency-candidate"),
      application("hired", "carla", { status: "HIRED" }),
      application("rejected", "carla", { status: "REJECTED" }),
      application("duplicate", "carla", { status: "DUPLICATE" }),
    ],
  });
}
