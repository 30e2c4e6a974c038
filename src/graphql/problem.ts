import type { Refusal } from "../core/error.ts";
import { builder } from "./builder.ts";

export const Problem = builder.interfaceRef<Refusal>("Problem").implement({
  description: "An expected refusal.",
  fields: (t) => ({
    message: t.exposeString("message", { description: "What is wrong and what to do, for people." }),
  }),
});
