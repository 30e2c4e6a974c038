import { request } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";

/** What is done to the gateway, in a process of its own. */
export interface Order {
  kind: Kind;
  port: number;
  token: string;
}

const CONNECTIONS = 16;
const PAGES = 100;
const SOCKETS = 4;
const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(" ");
const aliased = (count: number) =>
  `{ ${times(count, (a) => `a${a}: __schema { ${times(count, (b) => `b${b}: types { ${times(4, (c) => `c${c}: fields { name }`)} }`)} }`)} }`;
const page = "interviews(first: 100) { nodes { application { interviews(first: 100) { nodes { id } } } } }";

/** Bodies that are posted as fast as answers come, each with a number that makes it another one. */
const BODIES = {
  "distinct documents of 1,900 tokens": (n) => ({
    query: `query Q${n} { ${times(5, () => `interviews(first: 1) { nodes { ${times(370, () => "id")} } }`)} }`,
  }),
  "documents that cannot be parsed": (n) => ({ query: `query Q${n} { ${times(1_900, () => "id")} [` }),
  "documents with hundreds of faults": (n) => ({
    query: `query Q${n} { interviews(filter: { ${times(400, (index) => `x${index}: "${"y".repeat(400)}"`)} }) { totalCount } }`,
  }),
  "a comment of 100,000 characters": (n) => ({ query: `#${n}${"a".repeat(100_000)}\n{ interview(id: null) { id } }` }),
  "wrong tokens": (n) => ({ query: "{ __typename }", token: `wrong-${n}` }),
  "introspection that multiplies itself": () => ({ query: aliased(12) }),
  "the largest introspection that is allowed": (n) => ({ query: `query Q${n} ${aliased(4)}` }),
  "variables with 15,000 faults": () => ({
    query: "query ($f: InterviewFilter) { interviews(filter: $f) { totalCount } }",
    variables: { f: Object.fromEntries(Array.from({ length: 15_000 }, (_, index) => [`u${index}`, 1])) },
  }),
  "operations that are too large": (n) => ({ query: `query Q${n} { ${page} }` }),
  "operations of 9,000 points": () => ({
    query: `{ ${times(45, (index) => `a${index}: interviews(first: 100) { nodes { id candidate { name } } }`)} }`,
  }),
} satisfies Record<string, (n: number) => { query: string; variables?: object; token?: string }>;

export const KINDS = [
  ...(Object.keys(BODIES) as (keyof typeof BODIES)[]),
  "pings on sockets that are not read",
  "pages that are not read",
] as const;
type Kind = (typeof KINDS)[number];

if (process.send) {
  process.once("message", (order: Order) => {
    if (order.kind === "pings on sockets that are not read") return floodSockets(order);
    if (order.kind === "pages that are not read") return leavePages(order);
    const bodyOf: (n: number) => { query: string; variables?: object; token?: string } = BODIES[order.kind];
    for (let index = 0; index < CONNECTIONS; index += 1) post(order, bodyOf, index * 1e9);
  });
}

function post(order: Order, bodyOf: (n: number) => { token?: string }, n: number): void {
  const { token = order.token, ...body } = bodyOf(n);
  const again = () => post(order, bodyOf, n + 1);
  const sent = request(
    {
      port: order.port,
      path: "/graphql",
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    },
    (answer) => answer.resume().once("close", again),
  );
  sent.on("error", () => setTimeout(again, 10));
  sent.end(JSON.stringify(body));
}

function floodSockets({ port, token }: Order): void {
  for (let index = 0; index < SOCKETS; index += 1) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, "graphql-transport-ws");
    const flood = () => {
      if (socket.readyState !== socket.OPEN) return;
      for (let count = 0; count < 200 && socket.bufferedAmount < 1e6; count += 1) socket.send('{"type":"ping"}');
      setImmediate(flood);
    };
    socket.on("error", () => {});
    socket.on("open", () => {
      socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
      socket.pause();
      flood();
    });
    socket.on("close", () =>
      setTimeout(() => floodSockets({ kind: "pings on sockets that are not read", port, token }), 100),
    );
  }
}

function leavePages({ port }: Order): void {
  const open = () => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write("GET /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n"),
    );
    socket.on("error", () => {});
    socket.on("close", () => setTimeout(open, 100));
    socket.pause();
  };
  for (let index = 0; index < PAGES; index += 1) open();
}
