import { DrizzleQueryError } from "drizzle-orm";
import { expect, test } from "vitest";
import { RequestError } from "../../src/core/error.ts";
import { createOutageLog, databaseUnavailable, isConnectionLost, isOutage } from "../../src/db/outage.ts";
import { postgres } from "../../src/db/driver.ts";
import { createLog } from "../../src/operation/log.ts";

const refusal = (code: string) =>
  new postgres.PostgresError({ code, message: code } as unknown as ConstructorParameters<
    typeof postgres.PostgresError
  >[0]);
const system = (code: string, more: object = { query: "select 1" }) =>
  Object.assign(new Error(code), { code, ...more });
const inDrizzle = (cause: Error) => new DrizzleQueryError("select $1", ["secret"], cause);

test.each("08000 08006 25006 25P03 28P01 3D000 53100 53200 53300 55P03 57P01 57P02 57P03 57P05 58030".split(" "))(
  "SQLSTATE %s says that the database is unavailable",
  (code) => {
    expect(isOutage(refusal(code))).toBe(true);
    expect(isOutage(inDrizzle(refusal(code)))).toBe(true);
    expect(isConnectionLost(refusal(code))).toBe(false);
  },
);

test.each(["22P02", "23505", "23P01", "40001", "40P01", "42P01", "42601", "57014", "P0001", "XX000"])(
  "SQLSTATE %s is no outage",
  (code) => {
    expect(isOutage(refusal(code))).toBe(false);
    expect(isOutage(inDrizzle(refusal(code)))).toBe(false);
  },
);

const DRIVER_CODES =
  "CONNECTION_CLOSED CONNECTION_ENDED CONNECTION_DESTROYED CONNECT_TIMEOUT ECONNREFUSED ECONNRESET EPIPE ENOTFOUND ETIMEDOUT " +
  "EAI_AGAIN EHOSTUNREACH ENETUNREACH EMFILE CERT_HAS_EXPIRED ERR_TLS_CERT_ALTNAME_INVALID DEPTH_ZERO_SELF_SIGNED_CERT";
test.each(DRIVER_CODES.split(" "))("the driver's error %s says that the connection is lost", (code) => {
  for (const error of [system(code), inDrizzle(system(code))]) {
    expect(isConnectionLost(error)).toBe(true);
    expect(isOutage(error)).toBe(true);
  }
});

test("errors of other connections and bugs are no outages", () => {
  const others = [
    system("ECONNREFUSED", {}),
    system("MAX_PARAMETERS_EXCEEDED"),
    system("ERR_INVALID_ARG_TYPE"),
    system("UNDEFINED_VALUE"),
    new TypeError("Cannot read properties of undefined"),
    new RequestError("KEYS_UNAVAILABLE", "Try again."),
    undefined,
    "ECONNREFUSED",
  ];
  expect(others.filter((error) => isOutage(error))).toEqual([]);
  expect(isOutage(databaseUnavailable(new Error("gone")))).toBe(true);
});

test("however many requests meet an outage, the log has a line of it now and then, with the reason and without values", () => {
  const lines: Record<string, unknown>[] = [];
  const report = createOutageLog(createLog("info", { write: (line) => void lines.push(JSON.parse(line)) }));
  for (let count = 0; count < 1_000; count += 1) report(databaseUnavailable(inDrizzle(system("ECONNRESET"))));
  expect(lines).toMatchObject([{ level: 40, msg: "the database is unavailable", reason: "ECONNRESET ECONNRESET" }]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});
