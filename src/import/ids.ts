import { stableId } from "../core/id.ts";

export type Noun =
  | "account"
  | "api token"
  | "user"
  | "office"
  | "email template"
  | "scorecard template"
  | "job"
  | "interview plan"
  | "stage"
  | "stage activity"
  | "candidate"
  | "application";

/** External ids of the accounts that the demo brings. */
export const DEMO_ACCOUNTS = ["fernhollow-robotics", "pelagia-maps"] as const;

export type Ids = ReturnType<typeof idsOf>;

/** The ids of the rows that are imported into an account, by their external ids. */
export function idsOf(account: string) {
  const id = (noun: Noun, externalId: string) => stableId(account, noun, externalId);
  return {
    accountId: id("account", account),
    id,
    optional: (noun: Noun, externalId: string | null | undefined) => (externalId ? id(noun, externalId) : null),
  };
}
