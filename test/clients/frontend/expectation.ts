import { graphql } from "#client";
import type { ResultOf, VariablesOf } from "#client";
import {
  CREATE_AD_HOC,
  CREATE_EXTERNAL,
  CREATE_FROM_PLAN,
  CREATE_INTERVIEW,
  INTERVIEW_EVENTS,
  INTERVIEW_PROVISIONED,
  INTERVIEWS,
  RETRY_PROVISIONING,
} from "./document.ts";

// Compiled, never run: once with #client as graphql-codegen's client preset, once as gql.tada.

const documents = {
  createInterview: graphql(CREATE_INTERVIEW),
  createFromPlan: graphql(CREATE_FROM_PLAN),
  createAdHoc: graphql(CREATE_AD_HOC),
  createExternal: graphql(CREATE_EXTERNAL),
  interviews: graphql(INTERVIEWS),
  interviewEvents: graphql(INTERVIEW_EVENTS),
  interviewProvisioned: graphql(INTERVIEW_PROVISIONED),
  retryProvisioning: graphql(RETRY_PROVISIONING),
};
type Documents = typeof documents;
type Result<Name extends keyof Documents> = ResultOf<Documents[Name]>;
type Variables<Name extends keyof Documents> = VariablesOf<Documents[Name]>;

type Mode = Variables<"createInterview">["input"]["mode"];
declare function send(mode: Mode): void;
declare const [plan, adHoc, external]: [
  Variables<"createFromPlan">["plan"],
  Variables<"createAdHoc">["adHoc"],
  Variables<"createExternal">["external"],
];

send({ plan });
send({ adHoc });
send({ external });
send({ plan: { stageActivityId: "id" } });
// @ts-expect-error: two modes.
send({ plan, adHoc });
// @ts-expect-error: two modes.
send({ adHoc, external });
// @ts-expect-error: all modes.
send({ plan, adHoc, external });
// @ts-expect-error: no mode.
send({});
// @ts-expect-error: null is no mode.
send({ plan: null });
// @ts-expect-error: a field that is no mode.
send({ other: plan });
// @ts-expect-error: a field that is no mode, beside one.
send({ plan, other: plan });
// @ts-expect-error: a mode without what it needs.
send({ plan: {} });
// @ts-expect-error: a mode with a field that it lacks.
send({ external: { hostId: "id" } });

/** Whether each takes the other; nothing is the same as `any`. */
type Same<A, B> = 0 extends 1 & A ? false : [A, B] extends [B, A] ? true : false;
declare function expectSame<A, B>(same: Same<A, B>): void;

type Created = Result<"createInterview">["createInterview"];
expectSame<
  Created["__typename"],
  "ApplicationNotFound" | "CreateInterviewSuccess" | "IdempotencyKeyReused" | "InterviewerConflict" | "ValidationFailed"
>(true);

/** Every outcome has its own fields, and no outcome is left. */
export function describeOutcome(outcome: Created): string {
  // @ts-expect-error: not every outcome has an interview.
  outcome.interview satisfies unknown;
  switch (outcome.__typename) {
    case "CreateInterviewSuccess":
      return outcome.interview?.interviewers.map(({ user }) => user.name).join() ?? "valid";
    case "ValidationFailed":
      // @ts-expect-error: a refusal has no interview.
      outcome.interview satisfies unknown;
      return outcome.findings.map((finding) => finding.code satisfies string).join();
    case "InterviewerConflict":
      return outcome.conflicts.map((conflict) => conflict.interviewer.name).join();
    case "ApplicationNotFound":
      return outcome.code;
    case "IdempotencyKeyReused":
      return outcome.message;
    default:
      return outcome satisfies never;
  }
}

type Row = Result<"interviews">["interviews"]["nodes"][number];
expectSame<Row["startTime"], string>(true);
expectSame<Row["name"], string | null>(true);
expectSame<NonNullable<Row["office"]>["timezone"], string>(true);
expectSame<Row["interviewers"][number]["user"]["name"], string>(true);
expectSame<NonNullable<Row["provisioning"]["lastError"]>["retryable"], boolean>(true);
expectSame<Result<"interviews">["interviews"]["asOfCursor"], string>(true);

type StreamItem = Result<"interviewEvents">["interviewEvents"];
expectSame<StreamItem["__typename"], "InterviewEvent" | "StreamBookmark">(true);
expectSame<StreamItem["cursor"], string>(true);
type Event = Extract<StreamItem, { __typename: "InterviewEvent" }>;
expectSame<Event["sequence"], number>(true);
expectSame<Event["interview"]["version"], number>(true);
type Provisioned = Result<"interviewProvisioned">["interviewProvisioned"];
expectSame<NonNullable<Provisioned["failure"]>["code"], string>(true);
expectSame<Provisioned["interview"]["id"], string>(true);
declare function follow(variables: Variables<"interviewEvents">): void;
follow({});
follow({ types: ["INTERVIEW_CREATED"], filter: { jobIds: ["id"] } });
// @ts-expect-error: a type that is none.
follow({ types: ["INTERVIEW_EATEN"] });

expectSame<
  Result<"retryProvisioning">["retryProvisioning"]["__typename"],
  "InterviewNotFound" | "RetryProvisioningSuccess" | "ValidationFailed"
>(true);
