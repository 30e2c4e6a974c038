import type { GraphQLResolveInfo } from "graphql";
import { z } from "zod";
import { readId } from "../core/id.ts";
import type { Noun } from "../core/id.ts";
import { asStored } from "../core/text.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { findObject } from "../listing/directory.ts";
import type { IdentifiedNoun } from "../listing/directory.ts";
import type { Loader } from "../read/loader.ts";
import { builder } from "./builder.ts";
import { columnsAnd } from "./columns.ts";

const MAX_EXTERNAL_ID = 200;
const MAX_EMAIL = 254;
const atMost = (length: number) => z.string().max(length, `must have at most ${length} characters`);

/** A noun's type, and the word for it. */
interface Name {
  type: Noun;
  called: string;
}

/** What a client says of the object that it means; exactly one of it. */
interface Identifier {
  id?: string | null | undefined;
  externalId?: string | null | undefined;
  email?: string | null | undefined;
}

/** A further way to say which object is meant. */
interface EmailLookup<Row> {
  byEmail: Loader<Row>;
  keyOf: (email: string) => string;
}

/** The options of a root field that finds one object: `job(by: { externalId: "…" })`. */
export function lookup<Row extends object>(
  { type, called }: Name,
  noun: IdentifiedNoun<Row>,
  byEmail?: EmailLookup<Row>,
) {
  const Input = builder.inputType(`${type}Identifier`, {
    isOneOf: true,
    description: `Which ${called} is meant. Send exactly one field.`,
    fields: (t) => ({
      id: t.id({ description: "Its id in this API." }),
      externalId: t.string({
        validate: { schema: atMost(MAX_EXTERNAL_ID) },
        description: "Its id in the applicant tracking system.",
      }),
      ...(byEmail && {
        email: t.string({
          validate: { schema: atMost(MAX_EMAIL) },
          description: "Its e-mail address, in any letter case; the host name in Unicode or in A-labels.",
        }),
      }),
    }),
  });
  const requestOf = (by: Identifier): { key: string | null; loader?: Loader<Row> } => {
    // A malformed id, and another noun's, is answered as an unknown one.
    const read = by.id == null ? null : readId(type, by.id);
    if (read) return { key: "id" in read ? read.id : null };
    if (by.externalId != null) return { key: asStored(by.externalId), loader: noun.byExternalId };
    if (by.email != null && byEmail) return { key: byEmail.keyOf(by.email), loader: byEmail.byEmail };
    throw new Error("GraphQL let a @oneOf input without a member pass.");
  };
  return {
    nullable: true as const,
    description: `One ${called}, or null when there is none that the caller may see.`,
    args: builder.args((t) => ({
      by: t.field({ type: Input, required: true, description: `Which ${called} is meant.` }),
    })),
    resolve: async (...[, { by }, ctx, info]: [object, { by: Identifier }, Context, GraphQLResolveInfo]) => {
      requireScope(ctx, "directory:read");
      const { key, ...request } = requestOf(by);
      if (key === null) return null;
      const columns = columnsAnd(noun.visibility?.reads ?? [], info, type);
      return findObject(ctx, noun, { ...request, key, columns });
    },
  };
}
