import { resolve } from "node:path";
import { z } from "zod";
import type { PersonTokens } from "./account/person.ts";
import { StartError } from "./core/error.ts";

const blankIsUnset = (value: unknown) => (value === "" ? undefined : value);
const variable = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsUnset, schema);

/** Not by an expression, which would begin again at each slash of a long row. */
function withoutLastSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === "/") end -= 1;
  return url.slice(0, end);
}

const webAddress = z
  .url({ protocol: /^https?$/, error: "must be an http or https address such as https://interviews.example.com" })
  .transform(withoutLastSlashes);

const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    "must be origins such as https://hiring.example.com, separated by commas",
  );
const toList = (text: string) => text.split(",").flatMap((part) => part.trim() || []);
const hasNoCredentials = (url: string) => new URL(url).username === "" && new URL(url).password === "";

const MAX_HOPS = 10;
const HOPS = `must be between 0 and ${MAX_HOPS}`;
const rate = z.coerce.number("must be a number").positive("must be greater than 0");

const environment = z.object({
  PORT: variable(z.coerce.number("must be a number").int().min(0).max(65_535).default(4000)),
  HOST: variable(z.string().default("127.0.0.1")),
  DATABASE_URL: variable(
    z
      .url({ protocol: /^postgres(ql)?$/, error: "must look like postgres://user:password@host:5432/database" })
      .optional(),
  ),
  DATA_DIR: variable(z.string().default(".data")),
  ROLE: variable(z.enum(["all", "gateway", "worker"], "must be all, gateway or worker").default("all")),
  LOG_LEVEL: variable(
    z
      .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
        error: "must be fatal, error, warn, info, debug, trace or silent",
      })
      .default("info"),
  ),
  PUBLIC_URL: variable(webAddress.optional()),
  EVENT_RETENTION_DAYS: variable(z.coerce.number("must be a number").positive().max(3650).default(7)),
  ALLOWED_ORIGINS: variable(z.string().default("").transform(toList).pipe(z.array(origin))),
  MAX_SOCKETS_PER_TOKEN: variable(z.coerce.number("must be a number").int().min(1).default(1_000)),
  SUBSCRIBER_STALL_SECONDS: variable(z.coerce.number("must be a number").positive().max(3600).default(15)),
  // A point is about ten microseconds of a core: a twenty-fifth of it for a token, a tenth for an account.
  RATE_PER_TOKEN: variable(rate.default(4_000)),
  RATE_PER_ACCOUNT: variable(rate.default(10_000)),
  TRUSTED_PROXY_HOPS: variable(
    z.coerce.number("must be a number").int("must be a whole number").min(0, HOPS).max(MAX_HOPS, HOPS).default(0),
  ),
  OPERATION_DEADLINE_SECONDS: variable(z.coerce.number("must be a number").positive().max(600).default(20)),
  PROVIDER_URL: variable(
    webAddress.refine(hasNoCredentials, "must not hold a password; use PROVIDER_TOKEN").optional(),
  ),
  PROVIDER_TOKEN: variable(
    z
      .string()
      .regex(/^[\x21-\x7e]+$/, "must be visible ASCII characters")
      .optional(),
  ),
  PROVIDER_TIMEOUT_MS: variable(z.coerce.number("must be a number").int().min(100).max(120_000).default(10_000)),
  SHUTDOWN_GRACE_MS: variable(z.coerce.number("must be a number").int().min(0).max(60_000).default(1_000)),
  CURSOR_SECRET: variable(z.string().min(32, "must have at least 32 characters").optional()),
  JWT_JWKS_URL: variable(z.url({ protocol: /^https?$/, error: "must be an http or https address" }).optional()),
  JWT_ISSUER: variable(z.string().optional()),
  JWT_AUDIENCE: variable(z.string().optional()),
});

const PERSON_VARIABLES = ["JWT_JWKS_URL", "JWT_ISSUER", "JWT_AUDIENCE"] as const;

export interface Env {
  port: number;
  host: string;
  /** Null: an embedded PostgreSQL under `dataDir`. */
  databaseUrl: string | null;
  /** Absolute path. */
  dataDir: string;
  role: "all" | "gateway" | "worker";
  logLevel: string;
  publicUrl: string;
  cursorSecret: string | undefined;
  eventRetentionMs: number;
  sockets: { allowedOrigins: string[]; maxPerToken: number; stallMs: number };
  limits: { ratePerToken: number; ratePerAccount: number; deadlineMs: number };
  /** How many proxies before the gateway name the client's address in `X-Forwarded-For`. */
  trustedProxyHops: number;
  /** Whose tokens are taken for persons; null when nobody's are. */
  persons: PersonTokens | null;
  /** How long a gateway that was told to end still answers, so that balancers notice, in milliseconds. */
  shutdownGraceMs: number;
  /** The service that performs provisioning; null: the sandbox. */
  provider: { url: string; token: string | undefined; timeoutMs: number } | null;
}

/**
 * Reads the environment whole.
 * @throws StartError that names every variable that is wrong
 */
export function parseEnv(raw: Record<string, string | undefined>): Env {
  const read = environment.safeParse(raw);
  const problems = read.error?.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`) ?? [];
  const set = PERSON_VARIABLES.filter((name) => raw[name]);
  for (const name of PERSON_VARIABLES) {
    if (set.length > 0 && !raw[name]) problems.push(`${name} is missing, which ${set.join(" and ")} needs`);
  }
  if (!read.success || problems.length > 0) throw new StartError(`The environment is wrong: ${problems.join("; ")}.`);
  const env = read.data;
  const { JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
  return {
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: resolve(env.DATA_DIR),
    role: env.ROLE,
    logLevel: env.LOG_LEVEL,
    publicUrl: env.PUBLIC_URL ?? `http://${env.HOST.includes(":") ? `[${env.HOST}]` : env.HOST}:${env.PORT}`,
    cursorSecret: env.CURSOR_SECRET,
    sockets: {
      allowedOrigins: env.ALLOWED_ORIGINS,
      maxPerToken: env.MAX_SOCKETS_PER_TOKEN,
      stallMs: env.SUBSCRIBER_STALL_SECONDS * 1000,
    },
    limits: {
      ratePerToken: env.RATE_PER_TOKEN,
      ratePerAccount: env.RATE_PER_ACCOUNT,
      deadlineMs: env.OPERATION_DEADLINE_SECONDS * 1000,
    },
    trustedProxyHops: env.TRUSTED_PROXY_HOPS,
    provider: env.PROVIDER_URL
      ? { url: env.PROVIDER_URL, token: env.PROVIDER_TOKEN, timeoutMs: env.PROVIDER_TIMEOUT_MS }
      : null,
    shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
    eventRetentionMs: env.EVENT_RETENTION_DAYS * 24 * 60 * 60 * 1000,
    persons: jwksUrl && issuer && audience ? { jwksUrl, issuer, audience } : null,
  };
}
