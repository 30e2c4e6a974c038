import { modePath } from "./request.ts";
import type { CreateRequest } from "./request.ts";

export const WARNING_CODES = ["SCORECARD_TEMPLATE_IGNORED"] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** Something that did not hinder the request, and that its sender may not expect. */
export interface InterviewWarning {
  code: WarningCode;
  path: string[];
  message: string;
}

export function warningsFor(request: CreateRequest): InterviewWarning[] {
  if (request.mode !== "plan" || request.fields.scorecardTemplateId == null) return [];
  return [
    {
      code: "SCORECARD_TEMPLATE_IGNORED",
      path: modePath(request, "scorecardTemplateId"),
      message: "The scorecard of a plan-driven interview is its stage activity's; the one sent was not used.",
    },
  ];
}
