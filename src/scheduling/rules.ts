import type { Noun } from "../core/id.ts";
import { parseWebUrl } from "../core/url.ts";
import { finding } from "../interview/finding.ts";
import type { Finding, FindingCode } from "../interview/finding.ts";
import type { EmailTemplate } from "../template/load.ts";
import { becomesOther, joining } from "./change.ts";
import type { Change } from "./change.ts";
import type { InterviewFields } from "./configuration.ts";

/** Says what is wrong with a change in one respect. A rule whose facts were refused already has nothing to say. */
export type Rule<C extends Change = Change> = (change: C) => Finding[];

/** Every fault of a change at once, in the order of the rules; empty when it may be made. */
export function judge<C extends Change>(change: C, rules: readonly Rule<C>[]): Finding[] {
  return rules.flatMap((rule) => rule(change));
}

const MAX_INTERVIEWERS = 10;
const none: Finding[] = [];

export const timeIsRight: Rule = ({ schedule }) => schedule.findings;

type ReferenceField = "officeId" | "candidateTemplateId" | "interviewerTemplateId" | "scorecardTemplateId";

/** Which id a finding is about, and where it comes from. */
export function explainId({ after, sent, ids }: Change, field: ReferenceField, noun: Noun): string {
  const id = after[field] ?? "";
  return sent[field] === id ? ids.explain(noun, id) : `${ids.quote(noun, id)} is the stage activity's.`;
}

/** Whether a part that nobody sent may still come from an activity that was refused. */
function inheritanceUnknown({ inherited }: Change): boolean {
  return inherited === null || (inherited !== undefined && inherited.activity.type !== "INTERVIEW");
}

export function partsAreComplete(change: Change): Finding[] {
  if (inheritanceUnknown(change)) return none;
  const { after, sent, external } = change;
  const managed = !external;
  const length = after.durationMinutes ?? sent.endTime ?? null;
  const parts: [missing: boolean, code: FindingCode, field: keyof InterviewFields][] = [
    [after.kind === null, "ERR_KIND_REQUIRED", "kind"],
    [managed && after.location === null, "ERR_LOCATION_REQUIRED", "location"],
    [length === null, "ERR_DURATION_MINUTES_REQUIRED", "durationMinutes"],
    [after.interviewerIds.length === 0, "ERR_INTERVIEWER_IDS_REQUIRED", "interviewerIds"],
    [managed && needs(change, "ONSITE", "officeId"), "ERR_ONSITE_OFFICE_REQUIRED", "officeId"],
    [managed && needs(change, "ZOOM", "hostId"), "ERR_ZOOM_HOST_ID_REQUIRED", "hostId"],
    [
      managed && needs(change, "HACKERRANK", "hackerrankTemplateId"),
      "ERR_HACKERRANK_TEMPLATE_ID_REQUIRED",
      "hackerrankTemplateId",
    ],
    [managed && after.candidateTemplateId === null, "ERR_CANDIDATE_TEMPLATE_ID_REQUIRED", "candidateTemplateId"],
    [managed && after.interviewerTemplateId === null, "ERR_INTERVIEWER_TEMPLATE_ID_REQUIRED", "interviewerTemplateId"],
  ];
  return parts.flatMap(([missing, code, field]) =>
    missing ? [finding(code, change.pathOf(field), whyNotInherited(change, field))] : none,
  );
}

/** Why the stage activity does not supply a part; nothing where there is no activity, or it never supplies this part. */
function whyNotInherited({ sent, inherited }: Change, field: keyof InterviewFields): string | undefined {
  if (!inherited || field === "hostId" || sent[field] != null) return undefined;
  const { [field]: own } = inherited.activity as Partial<Record<keyof InterviewFields, unknown>>;
  return sent[field] === null && own != null
    ? "The null that was sent clears the stage activity's."
    : "The stage activity has none.";
}

function needs(
  { after }: Change,
  location: "ONSITE" | "ZOOM" | "HACKERRANK",
  part: "officeId" | "hostId" | "hackerrankTemplateId",
): boolean {
  return after.location === location && after[part] === null;
}

export function interviewersFitKind(change: Change): Finding[] {
  const { after, sent, references } = change;
  const path = change.pathOf("interviewerIds");
  const unknown = joining(change).filter(({ index }) => !references.interviewers[index]?.active);
  const findings: Finding[] = [];
  if (unknown.length > 0) {
    const ids = unknown.map(({ userId }) => userId);
    findings.push(finding("ERR_INTERVIEWERS_NOT_FOUND", path, explainInterviewers(change, ids)));
  }
  const count = after.interviewerIds.length;
  if (count > MAX_INTERVIEWERS || (after.kind === "ONE_ON_ONE" && count > 1)) {
    const inheritedSet = change.before === null && !sent.interviewerIds;
    const particulars = inheritedSet ? `The stage activity has ${count}.` : `This one would have ${count}.`;
    findings.push(finding("ERR_INVALID_SET_OF_INTERVIEWERS", path, particulars));
  }
  return findings;
}

function explainInterviewers({ ids, sent }: Change, unknown: string[]): string {
  const [wrong = [], missing = []] = [true, false].map((isWrong) =>
    unknown.filter((id) => ids.isWrong(id) === isWrong),
  );
  const whose = sent.interviewerIds ? "" : "of the stage activity's ";
  const quoted = missing.map((id) => ids.quote("User", id)).join(", ");
  const sentences = wrong.map((id) => ids.explain("User", id));
  if (missing.length > 0) sentences.unshift(`Unknown or inactive ${whose}are ${quoted}.`);
  return sentences.join(" ");
}

export function officeExists(change: Change): Finding[] {
  if (change.after.officeId === null || change.references.office || !becomesOther(change, "officeId")) return none;
  return [finding("ERR_OFFICE_NOT_FOUND", change.pathOf("officeId"), explainId(change, "officeId", "Office"))];
}

/** A host of another location is judged only when it is new: it shows nowhere. */
export function hostCanHost(change: Change): Finding[] {
  const { after, references, ids } = change;
  const { hostId, interviewerIds, location } = after;
  const isNew = becomesOther(change, "hostId");
  if (hostId === null || (location !== "ZOOM" && !isNew)) return none;
  const path = change.pathOf("hostId");
  const findings: Finding[] = [];
  const interviewersUnknown = interviewerIds.length === 0 || inheritanceUnknown(change);
  if (ids.isWrong(hostId) || (!interviewersUnknown && !interviewerIds.includes(hostId))) {
    findings.push(finding("ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS", path, ids.explain("User", hostId)));
  }
  const opens = location === "ZOOM" && (isNew || becomesOther(change, "location"));
  const { host } = references;
  // Of an inactive user who has no seat yet, the rule about interviewers tells.
  const isJudged = host?.active || change.before?.seats.some(({ userId }) => userId === hostId);
  if (opens && host && isJudged && !(host.active && host.zoomSeat === "ACTIVE")) {
    findings.push(finding("ERR_ZOOM_HOST_INVALID_USER", path));
  }
  return findings;
}

export function templatesFit(change: Change): Finding[] {
  const { candidateTemplate, interviewerTemplate } = change.references;
  return [
    ...templateFits(change, "CANDIDATE", candidateTemplate),
    ...templateFits(change, "INTERVIEWER", interviewerTemplate),
  ];
}

function templateFits(change: Change, who: "CANDIDATE" | "INTERVIEWER", template: EmailTemplate | null): Finding[] {
  const field = who === "CANDIDATE" ? "candidateTemplateId" : "interviewerTemplateId";
  const id = change.after[field];
  if (id === null || !becomesOther(change, field)) return none;
  const path = change.pathOf(field);
  if (!template) return [finding(`ERR_${who}_TEMPLATE_NOT_FOUND`, path, explainId(change, field, "EmailTemplate"))];
  const category = who === "CANDIDATE" ? "INTERVIEW_COORDINATION" : "INTERVIEWER_COORDINATION";
  if (template.channel === "CALENDAR_INVITE" && template.category === category) return none;
  const whose = change.sent[field] === id ? "This one" : "The stage activity's";
  const particulars = `${whose} has ${template.channel} and ${template.category}.`;
  return [finding(`ERR_${who}_TEMPLATE_INVALID_CATEGORY`, path, particulars)];
}

export function conflictReasonIsGiven({ conflictPolicy, conflictReason }: Change): Finding[] {
  if (conflictPolicy === "REJECT" || conflictReason) return none;
  return [finding("ERR_CONFLICT_REASON_REQUIRED", ["input", "conflictReason"])];
}

export function externalUrlIsSafe({ sent, pathOf }: Change): Finding[] {
  const url = sent.videoConferencingUrl;
  if (url == null || parseWebUrl(url) !== null) return none;
  return [finding("ERR_INVALID_EXTERNAL_URL", pathOf("videoConferencingUrl"))];
}
