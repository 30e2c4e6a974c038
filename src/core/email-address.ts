import { domainToASCII } from "node:url";

/** Lengths of RFC 5321, section 4.5.3.1, and of a host name in RFC 1123. The address is the path without its brackets. */
const MAX_ADDRESS = 254;
const MAX_LOCAL_PART = 64;
/** Shared calendars have longer ones than mailboxes: `c_` and 64 digits at Google. */
export const MAX_CALENDAR_LOCAL_PART = 128;
const MAX_LABEL = 63;
/** Far more than an address in any form has: longer texts are not read at all. */
const MAX_READ = 4 * MAX_ADDRESS;

const TOO_LONG = `it has more than ${MAX_ADDRESS} characters`;

/** `atext` of RFC 5322, section 3.2.3. */
const NOT_ATEXT = /[^A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]/u;
const NOT_HOST_CHARACTER = /[^A-Za-z0-9.\-\u0080-\u{10FFFF}]/u;
const NOT_ASCII = /[^\p{ASCII}]/u;
const DIGITS = /^[0-9]+$/;

/** An address in the form in which it is stored and sent, or why it cannot be used, as the end of a sentence. */
export type ReadEmailAddress = { address: string; fault?: undefined } | { address?: undefined; fault: string };

/**
 * Reads an e-mail address: a dot-atom of RFC 5322, `@`, and a host name. Labels outside ASCII become A-labels. Quoted local
 * parts, local parts outside ASCII (SMTPUTF8) and address literals are refused, each with its own reason.
 * @param maxLocalPart for a calendar MAX_CALENDAR_LOCAL_PART
 */
export function readEmailAddress(text: string, maxLocalPart = MAX_LOCAL_PART): ReadEmailAddress {
  if (text.length > MAX_READ) return { fault: TOO_LONG };
  const at = text.lastIndexOf("@");
  if (at < 0) return { fault: "it has no @" };
  const localPart = text.slice(0, at);
  const host = readHost(text.slice(at + 1));
  const fault = faultOfLocalPart(localPart, maxLocalPart) ?? host.fault;
  if (fault !== undefined || host.name === undefined) return { fault: fault ?? "it has no host name" };
  const address = `${localPart}@${host.name}`;
  return address.length > MAX_ADDRESS ? { fault: TOO_LONG } : { address };
}

export function isEmailAddress(text: string, maxLocalPart = MAX_LOCAL_PART): boolean {
  return readEmailAddress(text, maxLocalPart).address === text;
}

/** Equal for addresses of one mailbox, which letter case does not distinguish. */
export function emailAddressKey(address: string): string {
  return address.toLowerCase();
}

function faultOfLocalPart(localPart: string, maxLength: number): string | undefined {
  if (localPart === "") return "there is nothing before the @";
  if (localPart.startsWith('"')) return "quotes before the @ are not supported";
  if (NOT_ASCII.test(localPart)) return "characters outside ASCII before the @ (SMTPUTF8) are not supported";
  if (localPart.length > maxLength) return `there are more than ${maxLength} characters before the @`;
  const atoms = localPart.split(".");
  const strange = atoms.join("").match(NOT_ATEXT)?.[0];
  if (strange !== undefined) return `${JSON.stringify(strange)} is not allowed before the @`;
  if (atoms.includes("")) return "it has a misplaced dot before the @";
  return undefined;
}

function readHost(host: string): { name?: string; fault?: string } {
  if (host === "") return { fault: "there is nothing after the @" };
  if (host.startsWith("[")) return { fault: "an address in brackets after the @ is not supported, only a host name" };
  const strange = host.match(NOT_HOST_CHARACTER)?.[0];
  if (strange !== undefined) return { fault: `${JSON.stringify(strange)} is not allowed in a host name` };
  const name = NOT_ASCII.test(host) ? domainToASCII(host) : host;
  if (name === "") return { fault: "its host name cannot be written in A-labels" };
  const labels = name.split(".");
  const topLevel = labels.at(-1) ?? "";
  if (labels.includes("")) return { fault: "a label of its host name is empty" };
  if (labels.some((label) => label.length > MAX_LABEL)) {
    return { fault: `a label of its host name has more than ${MAX_LABEL} characters` };
  }
  if (labels.some((label) => label.startsWith("-") || label.endsWith("-"))) {
    return { fault: "a label of its host name starts or ends with a hyphen" };
  }
  if (labels.length < 2) return { fault: "its host name has no dot" };
  if (DIGITS.test(topLevel)) return { fault: "its host name ends in a number" };
  return { name };
}
