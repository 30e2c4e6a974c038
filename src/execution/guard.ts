import { validateExecutionArgs } from "graphql";
import type { ASTNode, ExecutionArgs, ExecutionResult, ValidatedExecutionArgs } from "graphql";
import { RequestError } from "../core/error.ts";
import { nameOfCaller } from "../operation/context.ts";
import type { Caller, Context } from "../operation/context.ts";
import { costOf, VALUES_PER_POINT } from "./cost.ts";
import type { Cost } from "./cost.ts";
import { createDeadline } from "./deadline.ts";
import type { WithinDeadline } from "./deadline.ts";
import { toGraphQLError } from "./errors.ts";
import { Rate } from "./rate.ts";
import { weigh } from "./weight.ts";

/** The largest operation that is executed. */
const LARGEST: Cost = { cost: 10_000, depth: 16, fields: 2_000 };
/** A bucket holds the points of this many seconds. */
const BURST_SECONDS = 5;
/** Base cost of a request, in points: a point is the time of one object, about ten microseconds. */
const REQUEST_POINTS = 15;
/** Each error of a variable prints the value that it is in, which takes about half as long as reading it. */
const SHARE_PRINTED = 0.5;
/** Maximum number of values printed for the errors of one request; the first error is always reported. */
const MAX_PRINTED = 10_000;
/** GraphQL-js prints and compares names for each error, so that many take long. */
export const MAX_ERRORS = 20;

export interface GuardOptions {
  /** Points that a token or a person regains each second. */
  ratePerToken: number;
  /** The same for all tokens and persons of an account together. */
  ratePerAccount: number;
  /** How long an operation may take, in milliseconds. */
  deadlineMs: number;
}

/** An operation before it runs: the result that refuses it, or its cost and coerced variables. */
type Verdict = { refusal: ExecutionResult } | { cost: CostReport; validated: ValidatedExecutionArgs };

interface CostReport {
  /** Points of the operation. */
  requested: number;
  /** The most that an operation may cost. */
  maximum: number;
  /** Points that the caller has left. */
  remaining: number;
}

export type Execute = (args: ExecutionArgs) => Promise<ExecutionResult> | ExecutionResult;
export type ExecuteValidated = (args: ValidatedExecutionArgs) => Promise<ExecutionResult> | ExecutionResult;

/** Rejects operations that are too large or too frequent, and ends those that take too long, on every transport. */
export interface Guard {
  /**
   * Admits a request and charges for it, whatever its result.
   * @throws RequestError RATE_LIMITED while the caller or the account owes points
   */
  admit(caller: Caller): void;
  /** Charges for what is done for a request before it runs. */
  charge(caller: Caller, points: number): void;
  /** How long the caller or the account still owes points, in seconds; 0 when neither does. */
  wait(caller: Caller): number;
  judge(args: ExecutionArgs): Verdict;
  /** Around the execution of queries and mutations: puts the cost into `extensions.cost`. */
  around(execute: ExecuteValidated): Execute;
}

export function createGuard({ ratePerToken, ratePerAccount, deadlineMs }: GuardOptions): Guard {
  const callers = createRate(ratePerToken);
  const accounts = createRate(ratePerAccount);
  const withinDeadline = createDeadline(deadlineMs);

  const charge = (caller: Caller, points: number, now = performance.now()): void => {
    callers.spend(nameOfCaller(caller), Math.ceil(points), now);
    accounts.spend(caller.accountId, Math.ceil(points), now);
  };

  const wait = (caller: Caller, now = performance.now()): number =>
    Math.max(callers.wait(nameOfCaller(caller), now), accounts.wait(caller.accountId, now));

  const admit = (caller: Caller): void => {
    const now = performance.now();
    const seconds = Math.ceil(wait(caller, now));
    if (seconds > 0) throw tooFast(seconds);
    charge(caller, REQUEST_POINTS, now);
  };

  const judge = (args: ExecutionArgs): Verdict => {
    const { caller } = args.contextValue as Context;
    const now = performance.now();
    const weight = weigh(args.variableValues);
    const points = weight / VALUES_PER_POINT;
    charge(caller, points, now);
    const maxCoercionErrors = Math.max(1, Math.min(MAX_ERRORS, Math.floor(MAX_PRINTED / weight)));
    const validated = validateExecutionArgs({ ...args, options: { maxCoercionErrors } });
    if (!("schema" in validated)) {
      charge(caller, points * validated.length * SHARE_PRINTED, now);
      return { refusal: { errors: validated } };
    }
    const size = costOf(validated);
    const tooLarge = refuseLarge(size);
    if (tooLarge) return { refusal: refuse(tooLarge, validated.operation) };
    const requested = Math.max(1, size.cost);
    charge(caller, requested, now);
    const remaining = callers.left(nameOfCaller(caller), now);
    return { cost: { requested, maximum: LARGEST.cost, remaining }, validated };
  };

  return {
    admit,
    charge,
    wait,
    judge,
    around: (execute) => async (args) => {
      const verdict = judge(args);
      if ("refusal" in verdict) return verdict.refusal;
      const result = await resultOf(execute(verdict.validated), withinDeadline);
      return { ...result, extensions: { ...result.extensions, cost: verdict.cost } };
    },
  };
}

const createRate = (perSecond: number): Rate => new Rate({ perSecond, most: perSecond * BURST_SECONDS });

async function resultOf(
  execution: Promise<ExecutionResult> | ExecutionResult,
  withinDeadline: WithinDeadline,
): Promise<ExecutionResult> {
  if (!(execution instanceof Promise)) return execution;
  try {
    return await withinDeadline(execution);
  } catch (error) {
    if (error instanceof RequestError) return refuse(error);
    throw error;
  }
}

function refuseLarge(size: Cost): RequestError | undefined {
  for (const key of ["depth", "fields", "cost"] as const) {
    if (size[key] > LARGEST[key]) {
      const sizes = `its ${key} is ${size[key]}, and ${LARGEST[key]} is the most`;
      return new RequestError(
        "OPERATION_TOO_LARGE",
        `The operation is too large: ${sizes}. Ask for less of it, or for smaller pages.`,
        { [key]: size[key], maximum: LARGEST[key] },
      );
    }
  }
  return undefined;
}

function tooFast(seconds: number): RequestError {
  return new RequestError("RATE_LIMITED", `Too many requests. Send this one again in ${seconds} s.`, {
    retryAfterSeconds: seconds,
  });
}

const refuse = (error: RequestError, node?: ASTNode): ExecutionResult => ({
  errors: [toGraphQLError(error, { nodes: node && [node] })],
});
