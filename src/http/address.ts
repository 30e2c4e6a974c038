import type { IncomingMessage } from "node:http";
import { isIP, isIPv6 } from "node:net";

const GROUPS = 8;
const MAPPED = "::ffff:";

/**
 * The address that a request comes from: the connection's, or what the outermost of the trusted proxies has written into
 * `X-Forwarded-For`. Everything to the left of it there may be the client's invention.
 * @param trustedHops how many proxies a request passes before the gateway
 */
export function addressOf({ headers, socket }: IncomingMessage, trustedHops: number): string {
  const { remoteAddress = "" } = socket;
  if (trustedHops === 0) return remoteAddress;
  const hops = String(headers["x-forwarded-for"] ?? "").split(",");
  const address = hops.at(-trustedHops)?.trim() ?? "";
  return isIP(address) > 0 ? address : remoteAddress;
}

/** Whom an address belongs to: of IPv6 the first half, since a host has all of the other. */
export function networkOf(address: string): string {
  if (address.startsWith(MAPPED) && address.includes(".")) return address.slice(MAPPED.length);
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? 0 : GROUPS - before.length - after.length;
  return [...before, ...Array.from({ length: zeros }, () => "0"), ...after].slice(0, GROUPS / 2).join(":");
}
