import { PROBLEMS } from "../core/error.ts";
import type { ProblemCode, Refusal } from "../core/error.ts";
import { builder } from "./builder.ts";
import { defineEnum } from "./enum.ts";

const ProblemCodeEnum = defineEnum("ProblemCode", Object.keys(PROBLEMS) as ProblemCode[], {
  description:
    "Why a request was refused. One list for all mutations, which grows with them: treat a code that you do not know as a " +
    "refusal that `message` explains.",
  values: PROBLEMS,
});

export const Problem = builder.interfaceRef<Refusal>("Problem").implement({
  description: "An expected refusal. Nothing was changed.",
  fields: (t) => ({
    code: t.expose("code", { type: ProblemCodeEnum, description: "Why the request was refused." }),
    message: t.exposeString("message", { description: "What is wrong and what to do, for people." }),
  }),
});
