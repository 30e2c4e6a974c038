import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** A page as it is sent: made once, and shared by all answers. */
export interface Page {
  plain: Buffer;
  compressed: Buffer;
  etag: string;
  policy: string;
}

/** What a page's own script and styles need; nothing is loaded from elsewhere, and no page may frame it. */
const POLICY = [
  "default-src 'none'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src data:",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];
const SCRIPT = /<script>([\s\S]*)<\/script>/;

export async function makePage(html: string): Promise<Page> {
  const plain = Buffer.from(html);
  const script = SCRIPT.exec(html)?.[1];
  const allowed = script === undefined ? [] : [`script-src 'sha256-${hash(script)}'`, "worker-src blob:"];
  return {
    plain,
    compressed: await promisify(gzip)(plain),
    etag: `"${hash(html)}"`,
    policy: [...POLICY, ...allowed].join("; "),
  };
}

const hash = (text: string): string => createHash("sha256").update(text).digest("base64");

/** Whether a browser wants to show the answer. */
export function wantsPage({ method, headers }: IncomingMessage): boolean {
  return (method === "GET" || method === "HEAD") && (headers.accept?.includes("text/html") ?? false);
}

export function sendPage(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const { "accept-encoding": encodings = "", "if-none-match": known } = request.headers;
  response.setHeaders(
    new Map([
      ["content-type", "text/html; charset=utf-8"],
      ["content-security-policy", page.policy],
      ["x-content-type-options", "nosniff"],
      ["x-frame-options", "DENY"],
      ["referrer-policy", "no-referrer"],
      ["cross-origin-opener-policy", "same-origin"],
      ["cache-control", "private, no-cache"],
      ["etag", page.etag],
      ["vary", "accept, accept-encoding"],
    ]),
  );
  if (known?.includes(page.etag)) return void response.writeHead(304).end();
  const isCompressed = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(encodings);
  const body = isCompressed ? page.compressed : page.plain;
  if (isCompressed) response.setHeader("content-encoding", "gzip");
  response.writeHead(200, { "content-length": body.length }).end(request.method === "HEAD" ? undefined : body);
}
