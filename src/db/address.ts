import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import type { ConnectionOptions } from "node:tls";

/** Options of postgres.js that say where the server is and how to speak with it. */
export interface DatabaseAddress {
  host: string[];
  port: number[];
  /** A Unix socket, in place of host and port. */
  path?: string;
  user?: string;
  password?: string;
  database?: string;
  ssl: false | (ConnectionOptions & { optional: boolean });
  sslnegotiation: "direct" | null;
  /** In seconds. */
  connect_timeout: number;
  /** Sent to the server when a session begins. */
  connection: { application_name?: string; options?: string };
}

/** What is wrong with a connection string, to be read after the name of its variable. It never quotes a value. */
export class AddressError extends Error {}

const DEFAULT_PORT = 5432;
const CONNECT_TIMEOUT_SECONDS = 5;
/** Accepted, and without effect: they tune other drivers, or ask for what this one does anyway. */
const WITHOUT_EFFECT = new Set(
  `channel_binding pgbouncer connection_limit pool_timeout statement_cache_size uselibpqcompat target_session_attrs
  load_balance_hosts client_encoding fallback_application_name keepalives keepalives_idle keepalives_interval
  keepalives_count tcp_user_timeout gssencmode gssdelegation gsslib krbsrvname sslcompression sslsni sslcertmode
  min_protocol_version max_protocol_version passfile`.split(/\s+/),
);
const WITH_EFFECT = new Set(
  `host port user password dbname application_name options connect_timeout ssl sslmode sslrootcert sslcert sslkey sslpassword
  sslnegotiation ssl_min_protocol_version ssl_max_protocol_version`.split(/\s+/),
);
const MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
/** How other drivers spell them. */
const SPELLINGS: Readonly<Record<string, string>> = { "no-verify": "require", true: "require", false: "disable" };

/**
 * Reads a connection string as libpq does.
 * @throws AddressError when it cannot be read, or asks for what is not supported
 */
export function readAddress(url: string): DatabaseAddress {
  const { authority, parameters } = split(url.trim());
  const { application_name, options } = parameters;
  const address: DatabaseAddress = {
    ...readPlace(authority, parameters),
    ssl: false,
    sslnegotiation: parameters["sslnegotiation"] === "direct" ? "direct" : null,
    connect_timeout: readSeconds(parameters["connect_timeout"]),
    connection: { ...(application_name && { application_name }), ...(options && { options }) },
  };
  return address.path ? address : { ...address, ssl: readTls(address.host[0] ?? "", parameters) };
}

/** The connection string with the file of the certificates that its server's must be signed with. */
export function withCertificates(url: string, file: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}sslrootcert=${encodeURIComponent(file)}`;
}

/** Host, port and database, without user and password, for messages. */
export function describeAddress(url: string): string {
  const { path, host, port, database = "" } = readAddress(url);
  const [name = ""] = host;
  return `${path ?? `${name.includes(":") ? `[${name}]` : name}:${port[0]}`}/${database}`;
}

interface Authority {
  user?: string;
  password?: string;
  host: string;
  port: string;
  database: string;
}

type Parameters = Readonly<Record<string, string>>;

const URL_FORM =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^/?#]*))?@)?(?<host>\[[^\]/?#@]*\]|[^:/?#@]*)(?::(?<port>[^/?#@]*))?(?:\/(?<database>[^/?#@]*))?(?:\?(?<query>[^#@]*))?$/;
const FORM = "must look like postgres://user:password@host:5432/database";

function split(url: string): { authority: Authority; parameters: Parameters } {
  if (!/^postgres(?:ql)?:\/\//.test(url)) throw new AddressError(FORM);
  if (/^\w+:\/\/(?:[^/?#]*@)?[^@/?#]*,/.test(url)) throw severalHosts();
  const parts = URL_FORM.exec(url)?.groups;
  if (!parts) {
    throw new AddressError(`${FORM}, with special characters of user and password percent-encoded, such as %40 for @`);
  }
  const { user, password, host = "", port = "", database = "", query = "" } = parts;
  const pairs = query.split("&").filter(Boolean);
  const parameters = Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const [name = "", ...value] = pair.split("=");
      return [name, decode(value.join("="))];
    }),
  );
  assertKnown(parameters);
  return {
    authority: {
      ...(user && { user: decode(user) }),
      ...(password && { password: decode(password) }),
      host: decode(host.replace(/^\[(.*)\]$/, "$1")),
      port,
      database: decode(database),
    },
    parameters,
  };
}

function decode(text: string): string {
  try {
    const decoded = decodeURIComponent(text);
    if (!decoded.includes("\0")) return decoded;
  } catch {
    // a percent sign that encodes nothing
  }
  throw new AddressError("has a percent sign that is not followed by the code of a character: write % itself as %25");
}

function assertKnown(parameters: Parameters): void {
  for (const name of Object.keys(parameters)) {
    if (WITH_EFFECT.has(name) || WITHOUT_EFFECT.has(name)) continue;
    throw new AddressError(`has the parameter ${name}, which is not supported: leave it out`);
  }
}

function severalHosts(): AddressError {
  return new AddressError("names several hosts: name the one that always leads to the primary");
}

function readPlace(
  authority: Authority,
  parameters: Parameters,
): Pick<DatabaseAddress, "host" | "port" | "path" | "user" | "password" | "database"> {
  const host = parameters["host"] || authority.host || "localhost";
  const portText = parameters["port"] || authority.port || `${DEFAULT_PORT}`;
  if (host.includes(",") || portText.includes(",")) throw severalHosts();
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port < 1 || port > 65_535) {
    throw new AddressError("has a port that is not a number from 1 to 65535");
  }
  const user = parameters["user"] || authority.user;
  const password = parameters["password"] || authority.password;
  const database = parameters["dbname"] || authority.database || user;
  return {
    host: [host],
    port: [port],
    ...(host.startsWith("/") && { path: `${host.replace(/\/$/, "")}/.s.PGSQL.${port}` }),
    ...(user && { user }),
    ...(password && { password }),
    ...(database && { database }),
  };
}

function readSeconds(text = ""): number {
  if (!/^-?\d*$/.test(text)) throw new AddressError("has a connect_timeout that is not a number of seconds");
  return Number(text) > 0 ? Number(text) : CONNECT_TIMEOUT_SECONDS;
}

function readTls(host: string, parameters: Parameters): DatabaseAddress["ssl"] {
  const { sslrootcert, sslcert, sslkey, sslpassword } = parameters;
  const { ssl_min_protocol_version: minVersion, ssl_max_protocol_version: maxVersion } = parameters;
  const asked = parameters["sslmode"] || parameters["ssl"];
  const mode = asked ? (SPELLINGS[asked] ?? asked) : sslrootcert ? "verify-full" : "prefer";
  if (!MODES.includes(mode)) throw new AddressError(`has an sslmode that is none of ${MODES.join(", ")}`);
  if (sslrootcert === "system" && mode !== "verify-full") {
    throw new AddressError("has sslrootcert=system, which needs sslmode=verify-full");
  }
  if (mode === "disable") return false;
  // As in libpq, `require` with certificates to check against checks them.
  const verified = mode === "verify-full" || mode === "verify-ca" || (mode === "require" && !!sslrootcert);
  return {
    optional: mode === "prefer" || mode === "allow",
    rejectUnauthorized: verified,
    // Without it Node.js takes a server that is named by its IP address for localhost.
    host,
    ...(sslrootcert && { ca: readCertificates(sslrootcert) }),
    ...(mode !== "verify-full" && { checkServerIdentity: () => undefined }),
    ...(sslcert && { cert: readFile("sslcert", sslcert) }),
    ...(sslkey && { key: readFile("sslkey", sslkey) }),
    ...(sslpassword && { passphrase: sslpassword }),
    ...(minVersion && { minVersion: minVersion as NonNullable<ConnectionOptions["minVersion"]> }),
    ...(maxVersion && { maxVersion: maxVersion as NonNullable<ConnectionOptions["maxVersion"]> }),
  };
}

function readCertificates(file: string): string | string[] {
  if (file === "system") return [...rootCertificates];
  const text = readFile("sslrootcert", file);
  if (holdsCertificate(text)) return text;
  throw new AddressError(`names ${file} for certificates, which has none in PEM form`);
}

function holdsCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}

function readFile(parameter: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AddressError(`has an ${parameter} that cannot be read (${reason})`);
  }
}
