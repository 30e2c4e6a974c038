import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createPort } from "../../src/http/port.ts";
import type { Port } from "../../src/http/port.ts";
import { createLog } from "../../src/operation/log.ts";

const open: Port[] = [];
afterEach(() => open.splice(0).forEach((port) => port.close()));

function openPort(): Port {
  const port = createPort(createLog("silent", { write: () => {} }));
  open.push(port);
  return port;
}

const read = async (response: Response) => ({
  status: response.status,
  retryAfter: response.headers.get("retry-after"),
  body: await response.json(),
});

test("until there is something to serve, the process is live and not ready, and requests are told to come again", async () => {
  const port = openPort();
  const { port: number } = await port.listen(0, "127.0.0.1");
  const url = `http://127.0.0.1:${number}`;
  expect(await read(await fetch(`${url}/health/live?x`))).toMatchObject({ status: 200, body: { status: "live" } });
  expect(await read(await fetch(`${url}/health/ready`))).toMatchObject({
    status: 503,
    body: { status: "not ready", database: false, draining: false },
  });
  expect(await read(await fetch(`${url}/graphql`, { method: "POST", body: "{}" }))).toEqual({
    status: 503,
    retryAfter: "1",
    body: {
      errors: [
        {
          message: "The gateway is starting. Try again in a moment.",
          extensions: { code: "DATABASE_UNAVAILABLE" },
        },
      ],
    },
  });
  const [, response] = await once(
    new WebSocket(`ws://127.0.0.1:${number}/graphql`, "graphql-transport-ws"),
    "unexpected-response",
  );
  expect(response.statusCode).toBe(503);

  port.serve((_, response) => response.end("[]"));
  expect(await port.listen(0, "127.0.0.1")).toEqual({ port: number });
  expect(await read(await fetch(url))).toMatchObject({ status: 200, body: [] });
});

test("a port in use, or a host that is not this machine's, is told in a sentence that names it", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  await expect(openPort().listen(port, "127.0.0.1")).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use. Stop what uses it, or set PORT to another one.`,
  );
  taken.close();
  await expect(openPort().listen(port, "192.0.2.1")).rejects.toThrow(
    new RegExp(`^The gateway cannot listen on 192\\.0\\.2\\.1:${port}: .*\\. Check HOST and PORT\\.$`),
  );
});
