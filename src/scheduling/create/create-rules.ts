import { finding } from "../../interview/finding.ts";
import type { Finding } from "../../interview/finding.ts";
import { managementRight } from "../../interview/permission.ts";
import type { Change } from "../change.ts";
import type { Facts } from "./facts.ts";
import { modePath } from "./request.ts";
import type { CreateRequest } from "./request.ts";
import * as rules from "../rules.ts";
import type { Rule } from "../rules.ts";

/** A new interview. */
export interface Creation extends Change {
  before: null;
  request: CreateRequest;
  facts: Facts;
}

const none: Finding[] = [];

/** In the order in which findings are reported. */
export const CREATE_RULES: readonly Rule<Creation>[] = [
  applicationIsActive,
  organizerCanOrganize,
  rules.timeIsRight,
  activityIsInterview,
  rules.partsAreComplete,
  rules.interviewersFitKind,
  rules.officeExists,
  rules.hostCanHost,
  rules.templatesFit,
  scorecardTemplateExists,
  rules.conflictReasonIsGiven,
  rules.externalUrlIsSafe,
];

function applicationIsActive({ facts }: Creation): Finding[] {
  if (facts.application.status === "ACTIVE") return none;
  return [finding("ERR_APPLICATION_NOT_ACTIVE", ["input", "applicationId"], `It is ${facts.application.status}.`)];
}

function organizerCanOrganize({ request, facts, external }: Creation): Finding[] {
  const path = ["input", "organizerId"];
  const { organizer } = facts;
  if (!organizer?.active) {
    return [finding("ERR_ORGANIZER_NOT_FOUND", path, request.ids.explain("User", request.organizerId))];
  }
  const findings: Finding[] = [];
  if (!external && organizer.calendarAddress === null) findings.push(finding("ERR_ORGANIZER_NO_CALENDAR", path));
  const right = managementRight(organizer, facts);
  if (right === "not the job") findings.push(finding("ERR_ORGANIZER_NO_JOB_PERMISSION", path));
  if (right === "not the application") findings.push(finding("ERR_ORGANIZER_NO_APPLICATION_PERMISSION", path));
  return findings;
}

function activityIsInterview({ request, inherited }: Creation): Finding[] {
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

function scorecardTemplateExists(creation: Creation): Finding[] {
  if (creation.after.scorecardTemplateId === null || creation.facts.scorecardTemplate) return none;
  const particulars = rules.explainId(creation, "scorecardTemplateId", "ScorecardTemplate");
  return [finding("ERR_SCORECARD_TEMPLATE_NOT_FOUND", creation.pathOf("scorecardTemplateId"), particulars)];
}
