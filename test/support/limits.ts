import type { AppOptions } from "../../src/app.ts";

/** Limits that no test meets by chance. */
export const WIDE: Pick<AppOptions, "sockets" | "limits"> = {
  sockets: { allowedOrigins: [], maxPerToken: 1_000, maxInAll: 10_000, stallMs: 15_000 },
  limits: { ratePerToken: 1e6, ratePerAccount: 1e6, deadlineMs: 20_000 },
};
