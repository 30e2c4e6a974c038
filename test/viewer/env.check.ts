import { describe, expect, test } from "vitest";
import { parseEnv } from "../../src/env.ts";

const JWT = {
  JWT_JWKS_URL: "https://login.example.com/keys?v=1",
  JWT_ISSUER: "https://login.example.com",
  JWT_AUDIENCE: "interview-gateway",
};

describe("whose tokens are taken for persons", () => {
  test("nobody's when nothing is said", () => {
    expect(parseEnv({}).persons).toBeNull();
    expect(parseEnv({ JWT_ISSUER: "" }).persons).toBeNull();
  });
  test("those of the issuer that is named whole", () => {
    expect(parseEnv(JWT).persons).toEqual({
      jwksUrl: JWT.JWT_JWKS_URL,
      issuer: JWT.JWT_ISSUER,
      audience: JWT.JWT_AUDIENCE,
    });
  });
  test.each(Object.keys(JWT))("%s alone is refused, and what is missing is named", (name) => {
    const missing = Object.keys(JWT).filter((other) => other !== name);
    expect(() => parseEnv({ [name]: JWT[name as keyof typeof JWT] })).toThrow(
      `The environment is wrong: ${missing.map((other) => `${other} is missing, which ${name} needs`).join("; ")}.`,
    );
  });
  test("keys come over http or https", () => {
    expect(() => parseEnv({ ...JWT, JWT_JWKS_URL: "ftp://x/keys" })).toThrow(
      "JWT_JWKS_URL must be an http or https address",
    );
  });
});
