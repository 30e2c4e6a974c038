import type { SentIds } from "../core/id.ts";
import type { StoredInterview } from "../interview/field.ts";
import type { Interview } from "../interview/load.ts";
import type { Office } from "../hiring/load.ts";
import type { User } from "../people/load.ts";
import type { EmailTemplate } from "../template/load.ts";
import type { Configuration, Inheritance } from "./configuration.ts";
import type { InterviewFields } from "./configuration.ts";
import type { Schedule } from "./time.ts";

/** What the ids of a configuration stand for; null for an id that nothing usable has. */
export interface References {
  /** One for each interviewer of the configuration. */
  interviewers: (User | null)[];
  host: User | null;
  office: Office | null;
  candidateTemplate: EmailTemplate | null;
  interviewerTemplate: EmailTemplate | null;
}

/** What an interview is to become, and all that the rules look at. */
export interface Change {
  /** Null when the interview is new. */
  before: StoredInterview | null;
  /** The configuration once request, stage activity and record are merged. */
  after: Configuration;
  external: boolean;
  schedule: Schedule;
  references: References;
  /** The stage activity that supplies what was not sent; undefined when there is none, null when it is unknown. */
  inherited: Inheritance | null | undefined;
  sent: InterviewFields;
  ids: SentIds;
  conflictPolicy: "REJECT" | "ALLOW";
  conflictReason: string | null;
  /** Where a field is in the input. */
  pathOf: (field: keyof InterviewFields | "startTime" | "timezone") => string[];
}

type StoredField = keyof Configuration & keyof Interview;

/** Whether a field gets another value than it has: what stays is not judged again, whatever has become of it since. */
export function becomesOther({ before, after }: Change, field: StoredField): boolean {
  return before === null || before.interview[field] !== after[field];
}

/** The interviewers who have no seat yet, by their place in the configuration. */
export function joining({ before, after }: Change): { userId: string; index: number }[] {
  const seated = new Set(before?.seats.map(({ userId }) => userId));
  return after.interviewerIds.map((userId, index) => ({ userId, index })).filter(({ userId }) => !seated.has(userId));
}
