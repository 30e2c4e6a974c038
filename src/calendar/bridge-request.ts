import type { Nothing } from "./provider.ts";

/** Sends JSON to the operator's service, which must answer by itself: a redirect is not followed. */
export function postJson(
  { url, token }: { url: string; token?: string | undefined },
  body: object,
  { headers = {}, signal }: { headers?: Record<string, string>; signal: AbortSignal },
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers, ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    redirect: "manual",
    signal,
  });
}

/** Gives the connection of an answer back that nobody reads. */
export async function discard(response: Response): Promise<Nothing> {
  await response.body?.cancel().catch(() => {});
  return {};
}
