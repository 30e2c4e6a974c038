import { resolve } from "node:path";
import { z } from "zod";
import type { PersonTokens } from "./account/person.ts";
import { StartError } from "./core/error.ts";
import { AddressError, readAddress, withCertificates } from "./db/address.ts";
import { DEFAULT_POOL_SIZE, MIN_POOL_SIZE } from "./db/client.ts";

const blankIsUnset = (value: unknown) => (typeof value === "string" && value.trim() === "" ? undefined : value);
const variable = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsUnset, schema);

/** No expression: it would start over at each slash of a long row. */
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

/** Whole numbers from one to another, or any number above one. */
type Range = { from: number; to: number } | { above: number; to: number };

/** Whatever is wrong with a number, the message says its range. */
function numberIn(range: Range, fallback: number) {
  const isWhole = "from" in range;
  const message = isWhole
    ? `must be a whole number from ${range.from} to ${range.to}`
    : `must be a number above ${range.above}, at most ${range.to}`;
  const isInRange = (value: number) =>
    (isWhole ? Number.isInteger(value) && value >= range.from : value > range.above) && value <= range.to;
  return variable(z.coerce.number(message).refine(isInRange, message).default(fallback));
}

const MAX_RATE = 1_000_000_000;

const environment = z.object({
  PORT: numberIn({ from: 0, to: 65_535 }, 4000),
  HOST: variable(z.string().default("127.0.0.1")),
  DATABASE_URL: variable(databaseUrl.optional()),
  DATABASE_DIRECT_URL: variable(databaseUrl.optional()),
  DATABASE_CA_FILE: variable(z.string().optional()),
  DATABASE_POOL_SIZE: numberIn({ from: MIN_POOL_SIZE, to: 1_000 }, DEFAULT_POOL_SIZE),
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
  EVENT_RETENTION_DAYS: numberIn({ above: 0, to: 3_650 }, 7),
  ALLOWED_ORIGINS: variable(z.string().default("").transform(toList).pipe(z.array(origin))),
  MAX_SOCKETS_PER_TOKEN: numberIn({ from: 1, to: 1_000_000 }, 1_000),
  MAX_SOCKETS: numberIn({ from: 1, to: 1_000_000 }, 10_000),
  SUBSCRIBER_STALL_SECONDS: numberIn({ above: 0, to: 3_600 }, 15),
  // A point is about ten microseconds of a core: a twenty-fifth of it for a token, a tenth for an account.
  RATE_PER_TOKEN: numberIn({ above: 0, to: MAX_RATE }, 4_000),
  RATE_PER_ACCOUNT: numberIn({ above: 0, to: MAX_RATE }, 10_000),
  TRUSTED_PROXY_HOPS: numberIn({ from: 0, to: 10 }, 0),
  OPERATION_DEADLINE_SECONDS: numberIn({ above: 0, to: 600 }, 20),
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
  PROVIDER_TIMEOUT_MS: numberIn({ from: 100, to: 120_000 }, 10_000),
  SHUTDOWN_GRACE_MS: numberIn({ from: 0, to: 60_000 }, 1_000),
  CURSOR_SECRET: variable(z.string().min(32, "must have at least 32 characters").optional()),
  JWT_JWKS_URL: variable(z.url({ protocol: /^https?$/, error: "must be an http or https address" }).optional()),
  JWT_ISSUER: variable(z.string().optional()),
  JWT_AUDIENCE: variable(z.string().optional()),
});

/** Every variable that is read. */
export const ENVIRONMENT_VARIABLES: string[] = Object.keys(environment.shape);

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
  /** Which shortcuts past the libraries are taken. */
  shortcuts: { plannedExecution: boolean; directPost: boolean };
  /** How many proxies before the gateway name the client's address in `X-Forwarded-For`. */
  trustedProxyHops: number;
  /** The issuer whose tokens identify persons; null when there is none. */
  persons: PersonTokens | null;
  /** How long a gateway still answers after SIGTERM, so that load balancers notice, in milliseconds. */
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
  const faults = read.error?.issues.map(({ path, message }) => `${String(path[0])} ${message}`) ?? [];
  const problems = [...new Set(faults)];
  const isSet = (name: string) => blankIsUnset(raw[name]) !== undefined;
  const set = PERSON_VARIABLES.filter(isSet);
  if (isSet("DATABASE_DIRECT_URL") && !isSet("DATABASE_URL")) {
    problems.push("DATABASE_URL is missing, which DATABASE_DIRECT_URL needs");
  }
  for (const name of PERSON_VARIABLES) {
    if (set.length > 0 && !isSet(name)) problems.push(`${name} is missing, which ${set.join(" and ")} needs`);
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

/** @throws StartError when the demo, whose tokens are public, would be reachable from other machines */
export function assertDemoIsPrivate({ databaseUrl, role, host, exposeDemo }: Env): void {
  if (databaseUrl !== null || role === "worker" || exposeDemo || LOOPBACK.test(host)) return;
  throw new StartError(
    `HOST is ${host}, and without DATABASE_URL the demo is served, whose admin token is public. Set DATABASE_URL, or ` +
      "EXPOSE_DEMO=on if everybody who reaches this address may use the demo.",
  );
}
