/** The top of `src` in the order of imports, which only point back; rungs of one line may not import each other. */
export const LADDER = [
  ["core"],
  ["db"],
  ["read"],
  ["operation"],
  ["listing"],
  ["events", "tasks"],
  ["graphql"],
  ["execution"],
  ["account"],
  ["document"],
  ["people"],
  ["template"],
  ["hiring"],
  ["calendar"],
  ["interview"],
  ["discovery"],
  ["provisioning"],
  ["scheduling"],
  ["availability"],
  ["stream"],
  ["import"],
  ["demo"],
  ["http"],
  ["gateway"],
  ["socket"],
  ["graphiql"],
  ["schema.ts", "env.ts", "app.ts"],
  ["server.ts", "worker.ts"],
  ["cli"],
  ["main.ts"],
];

/** The folders inside some of them, in the same manner; what is in no folder comes first. */
export const INNER: Record<string, string[][]> = {
  availability: [["loop"]],
  scheduling: [["edit"], ["create", "update"], ["cancel", "no-show", "rsvp", "retry-provisioning"], ["loop"]],
};
