import { RequestError } from "../core/error.ts";
import type { Context, Scope } from "./context.ts";

/**
 * Ends the operation unless the caller holds the scope.
 * @throws RequestError FORBIDDEN that names the missing scope
 */
export function requireScope(ctx: Pick<Context, "caller">, scope: Scope): void {
  if (ctx.caller.scopes.has(scope)) return;
  throw new RequestError("FORBIDDEN", `This token lacks the scope ${scope}. Use a token that holds it.`, {
    requiredScope: scope,
  });
}
