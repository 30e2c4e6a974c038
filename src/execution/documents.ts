import { validate } from "graphql";
import type { DocumentNode } from "graphql";
import type { Plugin } from "graphql-yoga";
import { Cache } from "../core/cache.ts";
import type { Caller } from "../operation/context.ts";
import { MAX_ERRORS } from "./guard.ts";
import type { Guard } from "./guard.ts";
import { parseWithinLimits } from "./limits.ts";

/** What valid documents may take of the memory, in all and for one account. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_BYTES_PER_ACCOUNT = MAX_BYTES / 4;
/** Of a token's place, node and position. */
const BYTES_PER_TOKEN = 500;

const CHARACTERS_PER_POINT = 32;
/** Twice the time it takes, since it is taken in one piece; fields are compared with each other, so that it grows with the square. */
const validationPoints = (tokens: number): number => tokens / 2 + tokens ** 2 / 1_000;

/**
 * Parses and validates documents once, and caches the valid ones. A new document is charged for before the work is done, a
 * refused one each time.
 */
export function useDocuments(guard: Guard): Plugin<{ caller?: Caller }> {
  const documents = new Cache<DocumentNode>({ maxSize: MAX_BYTES, maxSizePerOwner: MAX_BYTES_PER_ACCOUNT });
  const valid = new WeakSet<DocumentNode>();
  return {
    onParse({ context: { caller }, params: { source }, setParsedDocument, setParseFn }) {
      const known = documents.get(String(source));
      if (known) return setParsedDocument(known);
      setParseFn((text: string) => {
        if (caller) guard.charge(caller, text.length / CHARACTERS_PER_POINT);
        return parseWithinLimits(text);
      });
    },
    onValidate({ context: { caller }, params: { documentAST: document }, setResult, setValidationFn }) {
      if (valid.has(document)) return setResult([]);
      const { tokenCount = 0, loc } = document;
      setValidationFn((schema, _document, rules) => {
        if (caller) guard.charge(caller, validationPoints(tokenCount));
        return validate(schema, document, rules, { maxErrors: MAX_ERRORS });
      });
      return ({ valid: isValid }) => {
        if (!isValid || !loc) return;
        valid.add(document);
        const size = loc.source.body.length * 2 + tokenCount * BYTES_PER_TOKEN;
        documents.set(loc.source.body, document, { size, owner: caller?.accountId ?? "" });
      };
    },
  };
}
