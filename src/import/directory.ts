import { z } from "zod";
import { isTimeZone, zoneName } from "../core/zone.ts";
import { unstorable } from "../core/text.ts";
import * as kinds from "../db/schema/enum.ts";
import { unknownPlaceholders } from "../template/render.ts";

const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => !unstorable(value), "contains a character that cannot be stored");

const externalId = text(200).describe(
  "Your own id of the object, unique within its list and the same in every import.",
);
const reference = (noun: string) => text(200).describe(`externalId of ${noun} in this file.`);
const name = text(200);
const timezone = text(64)
  .overwrite((name) => zoneName(name) ?? name)
  .refine(isTimeZone, "is not a zone of the IANA tz database")
  .describe("IANA zone: Europe/Berlin.");
const email = z.email().max(254);
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "is not a wall-clock time such as 09:00");
const placeholders = (value: string) => unknownPlaceholders(value).length === 0;
const template = (max: number) =>
  text(max).refine(placeholders, {
    error: ({ input }) => `knows no placeholder ${unknownPlaceholders(String(input)).join(", ")}`,
  });

const workingHours = z
  .strictObject({ weekday: z.int().min(1).max(7).describe("1 is Monday."), start: clock, end: clock })
  .refine(({ start, end }) => start < end, { path: ["end"], error: "is not after start" });

const user = z.strictObject({
  externalId,
  name,
  email,
  role: z.enum(kinds.role.enumValues),
  timezone,
  workingHours: z.array(workingHours).max(50).default([]),
  active: z.boolean().default(true),
  calendarAddress: email.nullable().default(null).describe("Address of the connected calendar; null when none is."),
  zoomSeat: z.enum(kinds.zoomSeatStatus.enumValues).nullable().default(null),
});

const office = z.strictObject({ externalId, name, address: text(500), timezone });

const emailTemplate = z.strictObject({
  externalId,
  name,
  channel: z.enum(kinds.templateChannel.enumValues),
  category: z.enum(kinds.templateCategory.enumValues),
  subject: template(300),
  body: template(20_000),
});

const scorecardTemplate = z.strictObject({ externalId, name });

const interviewConfiguration = z.strictObject({
  kind: z.enum(kinds.interviewKind.enumValues).optional(),
  location: z.enum(kinds.interviewLocation.enumValues).optional(),
  durationMinutes: z.int().min(5).max(1440).optional(),
  name: name.optional(),
  interviewers: z.array(reference("a user")).max(10).default([]),
  office: reference("an office").optional(),
  hackerrankTemplateId: text(200).optional(),
  aiNoteTakerEnabled: z.boolean().optional(),
  aiScorecardAssistEnabled: z.boolean().optional(),
  candidateTemplate: reference("an e-mail template").optional(),
  interviewerTemplate: reference("an e-mail template").optional(),
  scorecard: z
    .strictObject({
      template: reference("a scorecard template"),
      required: z.boolean().default(false),
      feedbackDescription: text(2_000).optional(),
      ratingDescription: text(2_000).optional(),
    })
    .optional(),
});

const activity = z
  .strictObject({
    externalId,
    name,
    type: z.enum(kinds.activityType.enumValues),
    interview: interviewConfiguration.optional().describe("Only on INTERVIEW activities; any part may be left out."),
  })
  .refine(({ type, interview }) => type === "INTERVIEW" || !interview, {
    path: ["interview"],
    error: "is allowed only on an INTERVIEW activity",
  });

const stage = z.strictObject({
  externalId,
  name,
  milestone: z.enum(kinds.milestone.enumValues),
  activities: z.array(activity).max(100).default([]),
});

const job = z.strictObject({
  externalId,
  title: name,
  department: name.nullable().default(null),
  hiringTeam: z
    .array(z.strictObject({ user: reference("a user"), role: z.enum(kinds.hiringTeamRole.enumValues) }))
    .max(200)
    .default([]),
  interviewPlan: z.strictObject({ name, stages: z.array(stage).min(1).max(50) }),
});

const candidate = z.strictObject({
  externalId,
  name,
  email,
  addedBy: reference("a user").nullable().default(null),
});

const application = z.strictObject({
  externalId,
  candidate: reference("a candidate"),
  job: reference("a job"),
  currentStage: reference("a stage of that job"),
  status: z.enum(kinds.applicationStatus.enumValues),
});

const list = <T extends z.ZodType>(item: T) => z.array(item).max(100_000).default([]);

/** Reference data of one account. Objects refer to each other by `externalId`. */
export const directory = z
  .strictObject({
    account: z.strictObject({ externalId, name }),
    users: list(user),
    offices: list(office),
    emailTemplates: list(emailTemplate),
    scorecardTemplates: list(scorecardTemplate),
    jobs: list(job),
    candidates: list(candidate),
    applications: list(application),
  })
  .describe("Reference data of one account for Interview Gateway. Importing it again changes only what differs.");

export type Directory = z.output<typeof directory>;

/** JSON Schema (2020-12) of a directory file. */
export const directoryJsonSchema = (): object => z.toJSONSchema(directory, { io: "input" });
