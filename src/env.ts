import { resolve } from "node:path";
import { z } from "zod";
import type { PersonTokens } from "./account/person.ts";
import { StartError } from "./core/error.ts";
import { AddressError, readAddress, withCertificates } from "./db/address.ts";
import { DEFAULT_POOL_SIZE, MIN_POOL_SIZE } from "./db/client.ts";

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

const onOrOff = (fallback: "on" | "off") =>
  variable(
    z
      .enum(["on", "off"], "must be on or off")
      .default(fallback)
      .transform((text) => text === "on"),
  );
const MAX_POOL_SIZE = 1_000;
const POOL_SIZE_RANGE = `must be a number from ${MIN_POOL_SIZE} to ${MAX_POOL_SIZE}`;

const databaseUrl = z
  .string()
  .trim()
  .superRefine((url, context) => {
    const message = faultOf(url);
    if (message) context.addIssue({ code: "custom", message });
  });

function faultOf(url: string): string | null {
  try {
    return readAddress(url) && null;
  } catch (error) {
    if (error instanceof AddressError) return error.message;
    throw error;
  }
}
const MAX_HOPS = 10;
const HOPS = `must be between 0 and ${MAX_HOPS}`;
const rate = z.coerce.number("must be a number").positive("must be greater than 0");

const environment = z.object({
  PORT: variable(z.coerce.number("must be a number").int().min(0).max(65_535).default(4000)),
  HOST: variable(z.string().default("127.0.0.1")),
  DATABASE_URL: variable(databaseUrl.optional()),
  DATABASE_DIRECT_URL: variable(databaseUrl.optional()),
  DATABASE_CA_FILE: variable(z.string().optional()),
  DATABASE_POOL_SIZE: variable(
    z.coerce
      .number(POOL_SIZE_RANGE)
      .int(POOL_SIZE_RANGE)
      .min(MIN_POOL_SIZE, POOL_SIZE_RANGE)
      .max(MAX_POOL_SIZE, POOL_SIZE_RANGE)
      .default(DEFAULT_POOL_SIZE),
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
  GRAPHIQL: onOrOff("on"),
  EXPOSE_DEMO: onOrOff("off"),
  PUBLIC_URL: variable(webAddress.optional()),
  EVENT_RETENTION_DAYS: variable(z.coerce.number("must be a number").positive().max(3650).default(7)),
  ALLOWED_ORIGINS: variable(z.string().default("").transform(toList).pipe(z.array(origin))),
  MAX_SOCKETS_PER_TOKEN: variable(z.coerce.number("must be a number").int().min(1).default(1_000)),
  MAX_SOCKETS: variable(
    z.coerce.number("must be a whole number from 1 to 1000000").int().min(1).max(1_000_000).default(10_000),
  ),
  SUBSCRIBER_STALL_SECONDS: variable(z.coerce.number("must be a number").positive().max(3600).default(15)),
  // A point is about ten microseconds of a core: a twenty-fifth of it for a token, a tenth for an account.
  RATE_PER_TOKEN: variable(rate.default(4_000)),
  RATE_PER_ACCOUNT: variable(rate.default(10_000)),
  TRUSTED_PROXY_HOPS: variable(
    z.coerce.number("must be a number").int("must be a whole number").min(0, HOPS).max(MAX_HOPS, HOPS).default(0),
  ),
  OPERATION_DEADLINE_SECONDS: variable(z.coerce.number("must be a number").positive().max(600).default(20)),
  TZ_DATABASE: variable(z.string().optional()),
  PLANNED_EXECUTION: onOrOff("on"),
  DIRECT_POST: onOrOff("on"),
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
  /** The same database past a pooler. */
  databaseDirectUrl: string | undefined;
  /** How many connections the process may hold. */
  poolSize: number;
  /** Absolute path. */
  dataDir: string;
  role: "all" | "gateway" | "worker";
  logLevel: string;
  /** Absolute path of a directory of compiled time zones; null: the runtime's own. */
  tzDatabase: string | null;
  publicUrl: string;
  /** Whether GraphiQL is served. */
  graphiql: boolean;
  /** Whether the demo, whose tokens are public, may be reached from other machines. */
  exposeDemo: boolean;
  cursorSecret: string | undefined;
  eventRetentionMs: number;
  sockets: { allowedOrigins: string[]; maxPerToken: number; maxInAll: number; stallMs: number };
  limits: { ratePerToken: number; ratePerAccount: number; deadlineMs: number };
  /** Which ways past the libraries are taken. */
  shortcuts: { plannedExecution: boolean; directPost: boolean };
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
  if (raw["DATABASE_DIRECT_URL"] && !raw["DATABASE_URL"]) {
    problems.push("DATABASE_URL is missing, which DATABASE_DIRECT_URL needs");
  }
  for (const name of PERSON_VARIABLES) {
    if (set.length > 0 && !raw[name]) problems.push(`${name} is missing, which ${set.join(" and ")} needs`);
  }
  if (!read.success || problems.length > 0) throw new StartError(`The environment is wrong: ${problems.join("; ")}.`);
  const env = read.data;
  const { JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
  return {
    port: env.PORT,
    host: env.HOST,
    databaseUrl: withCaFile(env.DATABASE_URL, env.DATABASE_CA_FILE) ?? null,
    databaseDirectUrl: withCaFile(env.DATABASE_DIRECT_URL, env.DATABASE_CA_FILE),
    poolSize: env.DATABASE_POOL_SIZE,
    dataDir: resolve(env.DATA_DIR),
    role: env.ROLE,
    logLevel: env.LOG_LEVEL,
    tzDatabase: env.TZ_DATABASE === undefined ? null : resolve(env.TZ_DATABASE),
    publicUrl: env.PUBLIC_URL ?? `http://${env.HOST.includes(":") ? `[${env.HOST}]` : env.HOST}:${env.PORT}`,
    graphiql: env.GRAPHIQL,
    exposeDemo: env.EXPOSE_DEMO,
    cursorSecret: env.CURSOR_SECRET,
    sockets: {
      allowedOrigins: env.ALLOWED_ORIGINS,
      maxPerToken: env.MAX_SOCKETS_PER_TOKEN,
      maxInAll: env.MAX_SOCKETS,
      stallMs: env.SUBSCRIBER_STALL_SECONDS * 1000,
    },
    limits: {
      ratePerToken: env.RATE_PER_TOKEN,
      ratePerAccount: env.RATE_PER_ACCOUNT,
      deadlineMs: env.OPERATION_DEADLINE_SECONDS * 1000,
    },
    shortcuts: { plannedExecution: env.PLANNED_EXECUTION, directPost: env.DIRECT_POST },
    trustedProxyHops: env.TRUSTED_PROXY_HOPS,
    provider: env.PROVIDER_URL
      ? { url: env.PROVIDER_URL, token: env.PROVIDER_TOKEN, timeoutMs: env.PROVIDER_TIMEOUT_MS }
      : null,
    shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
    eventRetentionMs: env.EVENT_RETENTION_DAYS * 24 * 60 * 60 * 1000,
    persons: jwksUrl && issuer && audience ? { jwksUrl, issuer, audience } : null,
  };
}

/** @throws StartError when the file has no certificates */
function withCaFile(url: string | undefined, file: string | undefined): string | undefined {
  if (!url || !file) return url;
  const complete = withCertificates(url, file);
  const fault = faultOf(complete);
  if (fault) throw new StartError(`The environment is wrong: with DATABASE_CA_FILE, DATABASE_URL ${fault}.`);
  return complete;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;

/** @throws StartError when everybody who reaches the port could use the demo's tokens, which are public */
export function assertDemoIsPrivate({ databaseUrl, role, host, exposeDemo }: Env): void {
  if (databaseUrl !== null || role === "worker" || exposeDemo || LOOPBACK.test(host)) return;
  throw new StartError(
    `HOST is ${host}, and without DATABASE_URL the demo is served, whose admin token is public. Set DATABASE_URL, or ` +
      "EXPOSE_DEMO=on if everybody who reaches this address may use the demo.",
  );
}
