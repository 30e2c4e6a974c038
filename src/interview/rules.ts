import type { Noun } from "../core/id.ts";
import { parseWebUrl } from "../core/url.ts";
import type { EmailTemplate } from "../template/load.ts";
import type { Facts } from "./facts.ts";
import { finding } from "./finding.ts";
import type { Finding, FindingCode } from "./finding.ts";
import { modePath } from "./request.ts";
import type { CreateRequest, InterviewFields } from "./request.ts";
import type { Schedule } from "./schedule.ts";
import { managementRight } from "./permission.ts";

/** What a rule looks at. */
export interface Subject {
  request: CreateRequest;
  facts: Facts;
  schedule: Schedule;
}

type Rule = (subject: Subject) => Finding[];

const MOST_INTERVIEWERS = 10;
const none: Finding[] = [];

/** In the order in which findings are reported. A rule whose facts were refused already has nothing to say. */
const RULES: readonly Rule[] = [
  applicationIsActive,
  organizerCanOrganize,
  ({ schedule }) => schedule.findings,
  activityIsInterview,
  partsAreComplete,
  interviewersFitKind,
  officeExists,
  hostCanHost,
  templatesFit,
  scorecardTemplateExists,
  conflictReasonIsGiven,
  externalUrlIsSafe,
];

/** Every fault of the request at once, in a stable order; empty when the interview may be created. */
export function judge(subject: Subject): Finding[] {
  return RULES.flatMap((rule) => rule(subject));
}

/** Which id a finding is about, and where it comes from. */
function explainId({ request, facts }: Subject, field: "officeId" | TemplateField, noun: Noun): string {
  const id = facts.configuration[field] ?? "";
  if (request.fields[field] === id) return request.ids.explain(noun, id);
  return `${request.ids.quote(noun, id)} is the stage activity's.`;
}

type TemplateField = "candidateTemplateId" | "interviewerTemplateId" | "scorecardTemplateId";

function applicationIsActive({ facts }: Subject): Finding[] {
  if (facts.application.status === "ACTIVE") return none;
  return [finding("ERR_APPLICATION_NOT_ACTIVE", ["input", "applicationId"], `It is ${facts.application.status}.`)];
}

function organizerCanOrganize({ request, facts }: Subject): Finding[] {
  const path = ["input", "organizerId"];
  const { organizer } = facts;
  if (!organizer?.active) {
    return [finding("ERR_ORGANIZER_NOT_FOUND", path, request.ids.explain("User", request.organizerId))];
  }
  const findings: Finding[] = [];
  if (request.mode !== "external" && organizer.calendarAddress === null) {
    findings.push(finding("ERR_ORGANIZER_NO_CALENDAR", path));
  }
  const right = managementRight(organizer, facts);
  if (right === "not the job") findings.push(finding("ERR_ORGANIZER_NO_JOB_PERMISSION", path));
  if (right === "not the application") findings.push(finding("ERR_ORGANIZER_NO_APPLICATION_PERMISSION", path));
  return findings;
}

function activityIsInterview({ request, facts: { inherited } }: Subject): Finding[] {
  const path = modePath(request, "stageActivityId");
  if (inherited === null) {
    const particulars = request.ids.explain("StageActivity", request.stageActivityId ?? "");
    return [finding("ERR_STAGE_ACTIVITY_NOT_FOUND", path, particulars)];
  }
  if (inherited && inherited.activity.type !== "INTERVIEW") {
    return [finding("ERR_STAGE_ACTIVITY_NOT_INTERVIEW", path, `It is of type ${inherited.activity.type}.`)];
  }
  return none;
}

/** Whether a part that nobody sent may still come from an activity that was refused. */
function inheritanceUnknown({ inherited }: Facts): boolean {
  return inherited === null || (inherited !== undefined && inherited.activity.type !== "INTERVIEW");
}

function partsAreComplete({ request, facts }: Subject): Finding[] {
  if (inheritanceUnknown(facts)) return none;
  const { configuration } = facts;
  const managed = request.mode !== "external";
  const length = configuration.durationMinutes ?? request.fields.endTime ?? null;
  const parts: [missing: boolean, code: FindingCode, field: keyof InterviewFields][] = [
    [configuration.kind === null, "ERR_KIND_REQUIRED", "kind"],
    [managed && configuration.location === null, "ERR_LOCATION_REQUIRED", "location"],
    [length === null, "ERR_DURATION_MINUTES_REQUIRED", "durationMinutes"],
    [configuration.interviewerIds.length === 0, "ERR_INTERVIEWER_IDS_REQUIRED", "interviewerIds"],
    [managed && needs(facts, "ONSITE", "officeId"), "ERR_ONSITE_OFFICE_REQUIRED", "officeId"],
    [managed && needs(facts, "ZOOM", "hostId"), "ERR_ZOOM_HOST_ID_REQUIRED", "hostId"],
    [
      managed && needs(facts, "HACKERRANK", "hackerrankTemplateId"),
      "ERR_HACKERRANK_TEMPLATE_ID_REQUIRED",
      "hackerrankTemplateId",
    ],
    [
      managed && configuration.candidateTemplateId === null,
      "ERR_CANDIDATE_TEMPLATE_ID_REQUIRED",
      "candidateTemplateId",
    ],
    [
      managed && configuration.interviewerTemplateId === null,
      "ERR_INTERVIEWER_TEMPLATE_ID_REQUIRED",
      "interviewerTemplateId",
    ],
  ];
  return parts.flatMap(([missing, code, field]) =>
    missing ? [finding(code, modePath(request, field), whyNotInherited(request, facts, field))] : none,
  );
}

/** Why the stage activity does not supply a part; nothing where there is no activity, or it never supplies this part. */
function whyNotInherited({ fields }: CreateRequest, { inherited }: Facts, field: keyof InterviewFields) {
  if (!inherited || field === "hostId" || fields[field] != null) return undefined;
  const { [field]: own } = inherited.activity as Partial<Record<keyof InterviewFields, unknown>>;
  return fields[field] === null && own != null
    ? "The null that was sent clears the stage activity's."
    : "The stage activity has none.";
}

function needs(
  { configuration }: Facts,
  location: "ONSITE" | "ZOOM" | "HACKERRANK",
  part: "officeId" | "hostId" | "hackerrankTemplateId",
): boolean {
  return configuration.location === location && configuration[part] === null;
}

function interviewersFitKind({ request, facts }: Subject): Finding[] {
  const path = modePath(request, "interviewerIds");
  const { kind, interviewerIds } = facts.configuration;
  const unknown = interviewerIds.filter((_id, index) => !facts.interviewers[index]?.active);
  const findings: Finding[] = [];
  if (unknown.length > 0) {
    findings.push(finding("ERR_INTERVIEWERS_NOT_FOUND", path, explainInterviewers(request, unknown)));
  }
  const count = interviewerIds.length;
  if (count > MOST_INTERVIEWERS || (kind === "ONE_ON_ONE" && count > 1)) {
    const particulars = request.fields.interviewerIds
      ? `This one would have ${count}.`
      : `The stage activity has ${count}.`;
    findings.push(finding("ERR_INVALID_SET_OF_INTERVIEWERS", path, particulars));
  }
  return findings;
}

function explainInterviewers({ ids, fields }: CreateRequest, unknown: string[]): string {
  const [wrong = [], missing = []] = [true, false].map((isWrong) =>
    unknown.filter((id) => ids.isWrong(id) === isWrong),
  );
  const whose = fields.interviewerIds ? "" : "of the stage activity's ";
  const quoted = missing.map((id) => ids.quote("User", id)).join(", ");
  const sentences = wrong.map((id) => ids.explain("User", id));
  if (missing.length > 0) sentences.unshift(`Unknown or inactive ${whose}are ${quoted}.`);
  return sentences.join(" ");
}

function officeExists(subject: Subject): Finding[] {
  const { request, facts } = subject;
  if (facts.configuration.officeId === null || facts.office) return none;
  return [finding("ERR_OFFICE_NOT_FOUND", modePath(request, "officeId"), explainId(subject, "officeId", "Office"))];
}

function hostCanHost({ request, facts }: Subject): Finding[] {
  const { hostId, interviewerIds, location } = facts.configuration;
  if (hostId === null) return none;
  const path = modePath(request, "hostId");
  const findings: Finding[] = [];
  const interviewersUnknown = interviewerIds.length === 0 || inheritanceUnknown(facts);
  const isWrong = request.ids.isWrong(hostId);
  if (isWrong || (!interviewersUnknown && !interviewerIds.includes(hostId))) {
    findings.push(finding("ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS", path, request.ids.explain("User", hostId)));
  }
  if (location === "ZOOM" && facts.host?.active && facts.host.zoomSeat !== "ACTIVE") {
    findings.push(finding("ERR_ZOOM_HOST_INVALID_USER", path));
  }
  return findings;
}

function templatesFit(subject: Subject): Finding[] {
  const { request, facts } = subject;
  const { candidateTemplateId, interviewerTemplateId } = facts.configuration;
  const findings: Finding[] = [];
  const judgeTemplate = (who: "CANDIDATE" | "INTERVIEWER", id: string | null, template: EmailTemplate | null) => {
    if (id === null) return;
    const field = who === "CANDIDATE" ? "candidateTemplateId" : "interviewerTemplateId";
    const path = modePath(request, field);
    const category = who === "CANDIDATE" ? "INTERVIEW_COORDINATION" : "INTERVIEWER_COORDINATION";
    const explanation = explainId(subject, field, "EmailTemplate");
    if (!template) findings.push(finding(`ERR_${who}_TEMPLATE_NOT_FOUND`, path, explanation));
    else if (template.channel !== "CALENDAR_INVITE" || template.category !== category) {
      const whose = request.fields[field] === id ? "This one" : "The stage activity's";
      const particulars = `${whose} has ${template.channel} and ${template.category}.`;
      findings.push(finding(`ERR_${who}_TEMPLATE_INVALID_CATEGORY`, path, particulars));
    }
  };
  judgeTemplate("CANDIDATE", candidateTemplateId, facts.candidateTemplate);
  judgeTemplate("INTERVIEWER", interviewerTemplateId, facts.interviewerTemplate);
  return findings;
}

function scorecardTemplateExists(subject: Subject): Finding[] {
  const { request, facts } = subject;
  if (facts.configuration.scorecardTemplateId === null || facts.scorecardTemplate) return none;
  const particulars = explainId(subject, "scorecardTemplateId", "ScorecardTemplate");
  return [finding("ERR_SCORECARD_TEMPLATE_NOT_FOUND", modePath(request, "scorecardTemplateId"), particulars)];
}

function conflictReasonIsGiven({ request }: Subject): Finding[] {
  if (request.conflictPolicy === "REJECT" || request.conflictReason) return none;
  return [finding("ERR_CONFLICT_REASON_REQUIRED", ["input", "conflictReason"])];
}

function externalUrlIsSafe({ request }: Subject): Finding[] {
  const url = request.fields.videoConferencingUrl;
  if (url == null || parseWebUrl(url) !== null) return none;
  return [finding("ERR_INVALID_EXTERNAL_URL", modePath(request, "videoConferencingUrl"))];
}
