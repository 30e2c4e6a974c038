import { realpathSync } from "node:fs";
import { findPackageJSON, registerHooks } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

/** How long an answer may take beyond the time after which the server itself ends the statement. */
const SILENCE_MS = 5_000;
const MARK = "?patched";
/** Modules are loaded from where symbolic links lead. */
const PACKAGE = pathToFileURL(
  `${realpathSync(dirname(findPackageJSON("postgres", import.meta.url) ?? "/"))}/src/`,
).href;

/**
 * Faults of postgres.js 3.4.9 when a connection is lost (porsager/postgres#1154, #1208). A rollback is written to the closed
 * socket, which ends the process. A query sent between the socket's error and its end is never answered. A pending write stops
 * all later writes, so the connection hangs. A server that vanished is waited for until TCP gives up, after a quarter of an
 * hour. One that closes connections before the handshake is retried without pause; TLS is spoken to one that declined it.
 */
const PATCHES: readonly { before: string; after: string }[] = [
  {
    before: "    if (stream)\n      return queryError(q, Errors.generic('COPY_IN_PROGRESS'",
    after: `    if (!socket) {
      queryError(q, Errors.connection('CONNECTION_CLOSED', options, socket))
      return true
    }

    if (stream)\n      return queryError(q, Errors.generic('COPY_IN_PROGRESS'`,
  },
  {
    before: "    !hadError && (query || sent.length) && error(",
    after: "    ;(query || sent.length) && error(",
  },
  {
    before: "    if (initial)\n      return reconnect()\n",
    after: "    if (initial)\n      errored(Errors.connection('CONNECTION_CLOSED', options, socket))\n",
  },
  {
    before: "      if (!canSSL && ssl === 'prefer')\n        return connected()\n",
    after:
      "      if (!canSSL)\n        return ssl.optional ? connected() : socket.destroy(new Error('the server does not offer TLS'))\n",
  },
  {
    before: "    socket.removeAllListeners()\n    socket = null\n",
    after: "    chunk = nextWriteTimer = null\n    socket.removeAllListeners()\n    socket = null\n",
  },
  {
    before: "      socket.on('data', data)\n",
    after: `      socket.on('data', data)
      const limit = Number(options.connection.statement_timeout)
      limit > 0 && socket.setTimeout(limit + ${SILENCE_MS}, () => (query || sent.length) && socket.destroy(
        Object.assign(new Error('no answer from the database'), { code: 'ETIMEDOUT' })
      ))\n`,
  },
];

registerHooks({
  resolve(specifier, context, nextResolve) {
    const found = nextResolve(specifier, context);
    const isPatched = context.parentURL?.endsWith(MARK) && found.url.startsWith(PACKAGE);
    return isPatched ? { ...found, url: found.url + MARK } : found;
  },
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    return url === `${PACKAGE}connection.js${MARK}`
      ? { ...loaded, source: patch(Buffer.from(loaded.source as Uint8Array).toString()) }
      : loaded;
  },
});

function patch(original: string): string {
  const text = PATCHES.reduce((source, { before, after }) => {
    if (source.split(before).length !== 2)
      throw new Error("postgres.js has changed: see which patches it still needs.");
    return source.replace(before, () => after);
  }, original);
  return `${text}\nexport const patched = true\n`;
}

const patched = (await import(`${PACKAGE}index.js${MARK}`)) as { default: typeof import("postgres") };

const connection = (await import(`${PACKAGE}connection.js${MARK}`)) as { patched?: boolean };
if (!connection.patched) throw new Error("postgres.js was loaded without being patched.");

/** postgres.js, patched. Everything that talks to the database goes through it. */
export const postgres = patched.default;
