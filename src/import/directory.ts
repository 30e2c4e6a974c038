import { z } from "zod";
import { MAX_CALENDAR_LOCAL_PART, readEmailAddress } from "../core/email-address.ts";
import { readId } from "../core/id.ts";
import { isTimeZone, zoneName } from "../core/zone.ts";
import { asStored, unstorable } from "../core/text.ts";
import * as kinds from "../db/schema/enum.ts";
import { PLACEHOLDERS, unknownPlaceholders } from "../template/render.ts";
import { personalTime } from "./personal-time.ts";

const text = (max: number) =>
  z
    .string()
    .overwrite(asStored)
    .min(1)
    .max(max)
    .refine((value) => !unstorable(value), "contains a character that cannot be stored");

const externalId = text(200).describe(
  "Your own id of the object, unique within its list and the same in every import.",
);
const reference = (noun: string) =>
  text(200).describe(`externalId of ${noun}: one of this file, or one that an earlier import brought.`);
const name = (of: string) => text(200).describe(`${of}, as people read it.`);
const timezone = text(64)
  .overwrite((name) => zoneName(name) ?? name)
  .refine(isTimeZone, "is not a zone of the IANA tz database")
  .describe("IANA zone: Europe/Berlin.");

const emailAddress = (maxLocalPart?: number) =>
  z
    .string()
    .trim()
    .max(254)
    .transform((value, context) => {
      const { address, fault } = readEmailAddress(value, maxLocalPart);
      if (address !== undefined) return address;
      context.issues.push({ code: "custom", input: value, message: `cannot be used as an e-mail address: ${fault}` });
      return z.NEVER;
    })
    .meta({ format: "idn-email" });
const email = emailAddress();
const ADDRESS_FORM =
  "At most 254 characters; before the @ only ASCII and no quotes; a host name outside ASCII is stored in A-labels.";

const list = <T extends z.ZodType>(item: T, description: string) =>
  z.array(item).max(100_000).default([]).describe(description);

const MARKS = PLACEHOLDERS.map((placeholder) => `{{${placeholder}}}`).join(", ");
const template = (max: number, what: string) =>
  text(max)
    .refine((value) => unknownPlaceholders(value).length === 0, {
      error: ({ input }) =>
        `knows no placeholder ${unknownPlaceholders(String(input)).join(", ")}; there are ${PLACEHOLDERS.join(", ")}`,
    })
    .describe(`${what} Placeholders are replaced for each recipient: ${MARKS}.`);

const user = z.strictObject({
  externalId,
  name: name("Full name"),
  email: email.describe(`Address that invitations go to; no other user has it, in any letter case. ${ADDRESS_FORM}`),
  role: z.enum(kinds.role.enumValues).describe("What the user may do in the account as a whole."),
  timezone,
  ...personalTime,
  active: z.boolean().default(true).describe("Whether the user can organise and hold interviews."),
  calendarAddress: emailAddress(MAX_CALENDAR_LOCAL_PART)
    .nullable()
    .default(null)
    .describe(`Address of the connected calendar; null when none is. ${ADDRESS_FORM}`),
  zoomSeat: z
    .enum(kinds.zoomSeatStatus.enumValues)
    .nullable()
    .default(null)
    .describe("Seat in the Zoom workspace, which hosting a Zoom meeting needs; null without one."),
});

const office = z.strictObject({
  externalId,
  name: name("Name of the office"),
  address: text(500).describe("Postal address, in one line."),
  timezone,
});

const emailTemplate = z.strictObject({
  externalId,
  name: name("Name by which people choose the template"),
  channel: z.enum(kinds.templateChannel.enumValues).describe("How a rendered template is sent."),
  category: z.enum(kinds.templateCategory.enumValues).describe("What the template is for."),
  subject: template(300, "Subject line."),
  body: template(20_000, "Plain text."),
});

const scorecardTemplate = z.strictObject({ externalId, name: name("Name by which people choose the template") });

const scorecard = z.strictObject({
  template: reference("a scorecard template"),
  required: z.boolean().default(false).describe("Whether interviewers must fill it in."),
  feedbackDescription: text(2_000).optional().describe("What the interviewers' feedback is to be about."),
  ratingDescription: text(2_000).optional().describe("How the interviewers are to rate."),
});

const interviewConfiguration = z.strictObject({
  kind: z.enum(kinds.interviewKind.enumValues).optional().describe("Exactly one interviewer, or one to ten together."),
  location: z.enum(kinds.interviewLocation.enumValues).optional().describe("Where or by which means it is held."),
  durationMinutes: z.int().min(5).max(1440).optional().describe("Length in minutes."),
  name: name("Name of the interview").optional(),
  interviewers: z.array(reference("a user")).max(10).default([]).describe("Users who interview, in order."),
  office: reference("an office").optional(),
  hackerrankTemplateId: text(200).optional().describe("HackerRank's own id of a pad template."),
  aiNoteTakerEnabled: z.boolean().optional().describe("Whether the AI note-taker joins."),
  aiScorecardAssistEnabled: z.boolean().optional().describe("Whether AI drafts the scorecards."),
  candidateTemplate: reference("an e-mail template, the candidate's invitation").optional(),
  interviewerTemplate: reference("an e-mail template, the interviewers' invitation").optional(),
  scorecard: scorecard.optional().describe("What interviewers fill in."),
});

const activity = z
  .strictObject({
    externalId,
    name: name("Name of the activity"),
    type: z.enum(kinds.activityType.enumValues).describe("What happens. Only INTERVIEW activities can be scheduled."),
    interview: interviewConfiguration.optional().describe("Only on INTERVIEW activities; any part may be left out."),
  })
  .refine(({ type, interview }) => type === "INTERVIEW" || !interview, {
    path: ["interview"],
    error: "is allowed only on an INTERVIEW activity",
  });

const stage = z.strictObject({
  externalId,
  name: name("Name of the stage"),
  milestone: z.enum(kinds.milestone.enumValues).describe("The part of hiring that the stage belongs to."),
  activities: z
    .array(activity)
    .max(100)
    .default([])
    .describe("Every activity of the stage, in order; a stored one that is missing here is retired."),
});

const teamMember = z.strictObject({
  user: reference("a user"),
  role: z.enum(kinds.hiringTeamRole.enumValues).describe("What the user does on this job."),
});

const interviewPlan = z.strictObject({
  name: name("Name of the plan"),
  stages: z
    .array(stage)
    .min(1)
    .max(50)
    .describe("Every stage of the plan, in order; a stored one that is missing here is retired with its activities."),
});

const job = z.strictObject({
  externalId,
  title: name("Title of the position"),
  department: text(200).nullable().default(null).describe("Department; null when none is set."),
  hiringTeam: z.array(teamMember).max(200).default([]).describe("Everybody who hires for the job."),
  interviewPlan: interviewPlan.describe("The stages that candidates of the job go through."),
});

const candidate = z.strictObject({
  externalId,
  name: name("Full name"),
  email: email.describe(`Address that invitations go to. ${ADDRESS_FORM}`),
  addedBy: reference("a user")
    .nullable()
    .default(null)
    .describe("externalId of the user who added the candidate, of this file or stored; null for one who came alone."),
});

const application = z.strictObject({
  externalId,
  candidate: reference("a candidate"),
  job: reference("a job"),
  currentStage: reference("a stage of that job"),
  status: z.enum(kinds.applicationStatus.enumValues).describe("Interviews can be created while it is ACTIVE."),
});

const submittedScorecard = z.strictObject({
  interviewId: text(200)
    .refine((id) => "id" in readId("Interview", id), "is no id of an interview of this API")
    .describe("Id of the interview as this API tells it: Interview_…"),
  interviewer: reference("a user"),
  submittedAt: z.iso.datetime({ offset: true }).describe("When it was submitted."),
});

const account = z.strictObject({
  externalId: text(200).describe("Your own id of the account, the same in every import."),
  name: name("Name of the account"),
});

const lists = {
  users: list(user, "People of the account."),
  offices: list(office, "Places where people meet."),
  emailTemplates: list(emailTemplate, "Messages with placeholders."),
  scorecardTemplates: list(scorecardTemplate, "What interviewers fill in."),
  jobs: list(job, "Open positions, each with its hiring team and interview plan."),
  candidates: list(candidate, "People who apply."),
  applications: list(application, "Candidates' submissions to jobs."),
};

export type ListName = keyof typeof lists;
export const LISTS = Object.keys(lists) as [ListName, ...ListName[]];

/** Reference data of one account. Objects refer to each other by `externalId`. */
export const directory = z
  .strictObject({
    $schema: z
      .string()
      .optional()
      .describe("Where an editor finds the JSON Schema of this file. The import ignores it."),
    account: account.describe("The account that all of this belongs to."),
    complete: z
      .array(z.enum(LISTS))
      .max(LISTS.length)
      .default([])
      .describe(
        "Lists that hold all there is: what was imported earlier and is missing there is retired. It stays for the interviews that " +
          "refer to it, and is neither offered nor accepted any more; users become inactive. A later import that names it brings it back.",
      ),
    ...lists,
    submittedScorecards: list(
      submittedScorecard,
      "Who has submitted a scorecard for which interview: its candidate came, and cannot be marked as a no-show. Never complete: what " +
        "is not named stays.",
    ),
  })
  .describe(
    "Reference data of one account for Interview Gateway. Importing it again changes only what differs; what a file does not name " +
      "stays as it is, unless its list is complete.",
  );

export type Directory = z.output<typeof directory>;

/** JSON Schema (2020-12) of a directory file. */
export const directoryJsonSchema = (): object =>
  z.toJSONSchema(directory, {
    io: "input",
    override: ({ jsonSchema }) => {
      for (const [key, property] of Object.entries(jsonSchema.properties ?? {})) {
        if (typeof property === "object") property.title = titleOf(key);
      }
    },
  });

/** `externalId` as a person writes it: `External id`. */
function titleOf(key: string): string {
  const words = key.replace("$", "JSON ").replaceAll(/[A-Z](?![A-Z]|$| )/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
