import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeAddress, readAddress, withCertificates } from "../../src/db/address.ts";
import { dividePool, MIN_POOL_SIZE } from "../../src/db/client.ts";
import { parseEnv } from "../../src/env.ts";

const PLAIN = {
  host: ["db.example.com"],
  port: [5432],
  ssl: expect.objectContaining({ optional: true, rejectUnauthorized: false }),
  sslnegotiation: null,
  connect_timeout: 5,
  connection: {},
};

test.each([
  ["postgres://db.example.com", {}],
  ["postgresql://me@db.example.com/app", { user: "me", database: "app" }],
  ["postgres://me:secret@db.example.com:6432/app", { user: "me", password: "secret", port: [6432], database: "app" }],
  ["  postgres://me@db.example.com/app\n", { user: "me", database: "app" }],
  ["postgres://me:p%40s%2Fs%25@db.example.com/a%20b", { user: "me", password: "p@s/s%", database: "a b" }],
  ["postgres://me:p@ss:word@db.example.com/app", { user: "me", password: "p@ss:word", database: "app" }],
  ["postgres://me@db.example.com", { user: "me", database: "me" }],
  ["postgres://[2001:db8::1]:6432/app", { host: ["2001:db8::1"], port: [6432], database: "app" }],
  ["postgres:///app", { host: ["localhost"], database: "app" }],
  [
    "postgres://me:a@/app?host=/var/run/postgresql",
    {
      host: ["/var/run/postgresql"],
      path: "/var/run/postgresql/.s.PGSQL.5432",
      user: "me",
      password: "a",
      database: "app",
      ssl: false,
    },
  ],
  [
    "postgres://%2Frun%2Fpg:6432/app?sslmode=verify-full",
    { host: ["/run/pg"], port: [6432], path: "/run/pg/.s.PGSQL.6432", database: "app", ssl: false },
  ],
  [
    "postgres:///?host=db.example.com&port=6432&user=me&password=a%2Bb+c&dbname=app",
    { port: [6432], user: "me", password: "a+b+c", database: "app" },
  ],
  [
    "postgres://db.example.com/app?application_name=hiring&options=-c%20search_path%3Dours&connect_timeout=3",
    { database: "app", connect_timeout: 3, connection: { application_name: "hiring", options: "-c search_path=ours" } },
  ],
  ["postgres://db.example.com/app?channel_binding=require&pgbouncer=true&connection_limit=1", { database: "app" }],
  ["postgres://db.example.com/app?sslmode=disable", { database: "app", ssl: false }],
  ["postgres://db.example.com/app?sslnegotiation=direct", { database: "app", sslnegotiation: "direct" }],
])("%s is read", (url, expected) => {
  expect(readAddress(url)).toEqual({ ...PLAIN, ...expected });
});

test.each([
  ["prefer", { optional: true, rejectUnauthorized: false }],
  ["allow", { optional: true, rejectUnauthorized: false }],
  ["require", { optional: false, rejectUnauthorized: false }],
  ["no-verify", { optional: false, rejectUnauthorized: false }],
  ["verify-ca", { optional: false, rejectUnauthorized: true, checkServerIdentity: expect.any(Function) }],
  ["verify-full", { optional: false, rejectUnauthorized: true, checkServerIdentity: undefined, host: "10.0.0.1" }],
])("sslmode %s", (mode, expected) => {
  expect(readAddress(`postgres://10.0.0.1/app?sslmode=${mode}`).ssl).toMatchObject(
    Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
  );
  const { ssl } = readAddress(`postgres://10.0.0.1/app?sslmode=${mode}`);
  expect(ssl && "checkServerIdentity" in ssl).toBe(mode !== "verify-full");
});

const SECRET = "hunter2";

test.each([
  ["mysql://db.example.com/app", "must look like postgres://user:password@host:5432/database"],
  ["db.example.com/app", "must look like"],
  [`postgres://me:${SECRET}#1@db.example.com/app`, "percent-encoded, such as %40 for @"],
  [`postgres://me:${SECRET}/1@db.example.com/app`, "percent-encoded"],
  [`postgres://me:1?${SECRET}=1@db.example.com/app`, "percent-encoded"],
  [`postgres://me:${SECRET}%@db.example.com/app`, "percent sign"],
  [`postgres://me:${SECRET}%00@db.example.com/app`, "percent sign"],
  [`postgres://me:${SECRET}@a.example.com,b.example.com/app`, "names several hosts"],
  [`postgres://me:${SECRET}@a.example.com:5432,b.example.com:5433/app`, "names several hosts"],
  [`postgres:///app?password=${SECRET}&host=a,b`, "names several hosts"],
  [`postgres://me:${SECRET}@db.example.com:http/app`, "has a port that is not a number from 1 to 65535"],
  [`postgres://me:${SECRET}@db.example.com:70000/app`, "has a port that is not a number from 1 to 65535"],
  [`postgres://me:${SECRET}@db.example.com/app?ssl_mode=require`, "has the parameter ssl_mode, which is not supported"],
  [`postgres://me:${SECRET}@db.example.com/app?sslcrl=x`, "has the parameter sslcrl, which is not supported"],
  [
    `postgres://me:${SECRET}@db.example.com/app?sslmode=strict`,
    "sslmode that is none of disable, allow, prefer, require,",
  ],
  [
    `postgres://me:${SECRET}@db.example.com/app?connect_timeout=soon`,
    "connect_timeout that is not a number of seconds",
  ],
  [`postgres://me:${SECRET}@db.example.com/app?sslrootcert=/nowhere/ca.pem`, "sslrootcert that cannot be read (ENOENT"],
  [`postgres://me:${SECRET}@db.example.com/app?sslrootcert=${join(import.meta.dirname, "address.check.ts")}`, "PEM"],
  [`postgres://me:${SECRET}@db.example.com/app?sslrootcert=system&sslmode=require`, "needs sslmode=verify-full"],
])("%s is refused without its password", (url, message) => {
  const refused = () => parseEnv({ DATABASE_URL: url });
  expect(refused).toThrow(message);
  expect(refused).not.toThrow(SECRET);
});

describe("messages and files", () => {
  test("name host, port and database only", () => {
    expect(describeAddress("postgres://me:secret@[::1]/app")).toBe("[::1]:5432/app");
    expect(describeAddress("postgres://me:secret@/app?host=/run/pg")).toBe("/run/pg/.s.PGSQL.5432/app");
  });

  test("DATABASE_CA_FILE is the sslrootcert of both addresses, and must have certificates", () => {
    expect(withCertificates("postgres://a/b", "/x y.pem")).toBe("postgres://a/b?sslrootcert=%2Fx%20y.pem");
    expect(withCertificates("postgres://a/b?sslmode=require", "/x.pem")).toBe(
      "postgres://a/b?sslmode=require&sslrootcert=%2Fx.pem",
    );
    expect(() => parseEnv({ DATABASE_URL: "postgres://a/b", DATABASE_CA_FILE: "/nowhere.pem" })).toThrow(
      "with DATABASE_CA_FILE, DATABASE_URL has an sslrootcert that cannot be read (ENOENT",
    );
  });

  test("DATABASE_DIRECT_URL needs DATABASE_URL", () => {
    expect(() => parseEnv({ DATABASE_DIRECT_URL: "postgres://a/b" })).toThrow(
      "DATABASE_URL is missing, which DATABASE_DIRECT_URL needs",
    );
  });
});

describe("the pools of a process", () => {
  test.each([MIN_POOL_SIZE, 13, 15, 20, 22, 100])("hold %i connections in all, LISTEN's included", (total) => {
    for (const worker of [true, false]) {
      const sizes = Object.values(dividePool(total, worker));
      expect(Math.min(...sizes)).toBeGreaterThan(0);
      expect(sizes.reduce((sum, size) => sum + size, 1)).toBe(total);
    }
  });

  test("are bounded by a number that must fit", () => {
    expect(parseEnv({}).poolSize).toBe(22);
    for (const wrong of ["11", "1001", "8.5", "many"]) {
      expect(() => parseEnv({ DATABASE_POOL_SIZE: wrong })).toThrow(
        "DATABASE_POOL_SIZE must be a whole number from 12 to 1000",
      );
    }
  });
});
