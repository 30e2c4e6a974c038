import { newId } from "../../core/id.ts";
import { seesApplication } from "../../hiring/visibility.ts";
import { interviewInAccount } from "../../interview/load.ts";
import type { Interview } from "../../interview/load.ts";
import type { Context } from "../../operation/context.ts";
import type { EarlierCall, KeyUse } from "../../operation/idempotency.ts";
import { loaded } from "../../read/loader.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { canonicalRequest } from "./canonical.ts";
import { createTogether, applicationNotFound } from "./joint-create.ts";
import type { CreateRequest } from "./request.ts";
import type { InterviewWarning } from "../warning.ts";

export interface CreatedInterview {
  interview: Interview;
  /** Whether an earlier call under the same key had created it. */
  replayed: boolean;
  warnings: InterviewWarning[];
}

/** A request that asked only to be checked, and would be accepted. */
export type ValidInterview = Pick<CreatedInterview, "warnings">;

/**
 * Creates one interview as `createTogether` does.
 * @throws ApplicationNotFound, ValidationFailed, InterviewerConflict, IdempotencyKeyReused; then nothing was written
 */
export async function createInterview(
  ctx: Context,
  request: CreateRequest,
): Promise<CreatedInterview | ValidInterview> {
  const id = newId();
  const created = await createTogether(ctx, {
    interviews: [{ id, request }],
    subjectId: id,
    key: keyUse(request),
    validateOnly: request.validateOnly,
    judgeTogether: () => [],
    writeBefore: async () => ({}),
  });
  if (created.earlier) return replay(ctx, request, created.earlier);
  const { interviews, warnings } = created;
  const [interview] = interviews ?? [];
  return interview ? { interview, replayed: false, warnings } : { warnings };
}

/** @throws ApplicationNotFound when the caller does not see what another made under the key */
async function replay(
  ctx: Context,
  request: CreateRequest,
  { subjectId, result }: EarlierCall,
): Promise<CreatedInterview> {
  const interview = await loaded(ctx.load(interviewInAccount, subjectId));
  if (!(await seesApplication(ctx, interview))) throw applicationNotFound(request);
  return { interview, replayed: true, ...(result as { warnings: InterviewWarning[] }) };
}

function keyUse(request: CreateRequest): KeyUse | null {
  const { idempotencyKey: key, validateOnly } = request;
  if (key === null || validateOnly) return null;
  return { operation: "createInterview", key, fingerprint: fingerprintOf(canonicalRequest(request)) };
}
