import { getOperationAST, GraphQLError } from "graphql";
import type { ExecutionArgs, ExecutionResult, GraphQLSchema } from "graphql";
import { RequestError } from "../core/error.ts";
import type { Caller, Context } from "../operation/context.ts";
import { createCostOf } from "./cost.ts";
import type { Cost } from "./cost.ts";
import { createDeadline } from "./deadline.ts";
import { toGraphQLError } from "./errors.ts";
import { Rate } from "./rate.ts";

/** The largest operation that is executed. */
const LARGEST: Cost = { cost: 10_000, depth: 16, fields: 2_000 };
/** A bucket holds what comes back in this many seconds. */
const BURST_SECONDS = 10;
const PRUNE_MS = 60_000;

export interface GuardOptions {
  /** Points that come back to a token, or to a person, in a second. */
  ratePerToken: number;
  /** The same for all tokens and persons of an account together. */
  ratePerAccount: number;
  /** How long an operation may take, in milliseconds. */
  deadlineMs: number;
}

/** What was found of an operation before it runs: the result that refuses it, or what it costs. */
type Verdict = { refusal: ExecutionResult } | { cost: CostReport };

interface CostReport {
  /** Points of the operation. */
  requested: number;
  /** The most that an operation may cost. */
  maximum: number;
  /** Points that the caller has left. */
  remaining: number;
}

export type Execute = (args: ExecutionArgs) => Promise<ExecutionResult> | ExecutionResult;

/** Refuses what is too large or comes too fast, and gives up what takes too long; the same for every transport. */
export interface Guard {
  judge(args: ExecutionArgs): Verdict;
  /** Around the execution of queries and mutations: puts the cost into `extensions.cost`. */
  around(execute: Execute): Execute;
}

export function createGuard(schema: GraphQLSchema, { ratePerToken, ratePerAccount, deadlineMs }: GuardOptions): Guard {
  const costOf = createCostOf(schema);
  const callers = createRate(ratePerToken);
  const accounts = createRate(ratePerAccount);
  const withinDeadline = createDeadline(deadlineMs);

  const judge = (args: ExecutionArgs): Verdict => {
    const { caller } = args.contextValue as Context;
    const size = sizeOf(args);
    const refused = size instanceof RequestError ? size : size && refuseLarge(size);
    if (refused) return { refusal: refuse(refused) };
    const points = Math.max(1, size instanceof RequestError ? 1 : (size?.cost ?? 1));
    const now = performance.now();
    const name = nameOf(caller);
    const seconds = Math.ceil(Math.max(callers.wait(name, points, now), accounts.wait(caller.accountId, points, now)));
    if (seconds > 0) return { refusal: refuse(tooFast(seconds)) };
    callers.spend(name, points, now);
    accounts.spend(caller.accountId, points, now);
    return { cost: { requested: points, maximum: LARGEST.cost, remaining: Math.max(0, callers.left(name, now)) } };
  };

  /** Undefined for variables that do not fit, which the execution refuses with their paths. */
  const sizeOf = ({ document, operationName, variableValues }: ExecutionArgs): Cost | RequestError | undefined => {
    const operation = getOperationAST(document, operationName);
    if (!operation) return undefined;
    try {
      return costOf(document, operation, variableValues);
    } catch (error) {
      if (error instanceof GraphQLError) return undefined;
      if (error instanceof RequestError) return error;
      throw error;
    }
  };

  const resultOf = async (execution: Promise<ExecutionResult> | ExecutionResult): Promise<ExecutionResult> => {
    if (!(execution instanceof Promise)) return execution;
    try {
      return await withinDeadline(execution);
    } catch (error) {
      if (error instanceof RequestError) return refuse(error);
      throw error;
    }
  };

  return {
    judge,
    around: (execute) => async (args) => {
      const verdict = judge(args);
      if ("refusal" in verdict) return verdict.refusal;
      const result = await resultOf(execute(args));
      return { ...result, extensions: { ...result.extensions, cost: verdict.cost } };
    },
  };
}

function createRate(perSecond: number): Rate {
  const rate = new Rate({ perSecond, most: perSecond * BURST_SECONDS });
  setInterval(() => rate.prune(performance.now()), PRUNE_MS).unref();
  return rate;
}

const nameOf = ({ accountId, userId, tokenId }: Caller): string => `${accountId}/${userId ?? tokenId}`;

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

const refuse = (error: RequestError): ExecutionResult => ({ errors: [toGraphQLError(error)] });
