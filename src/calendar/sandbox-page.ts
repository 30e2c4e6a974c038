import type { SandboxConference } from "./sandbox.ts";

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** The page of a sandbox meeting: what the platform's own page would say of it. */
export function conferencePage({ location, topic, startsAt, endsAt, removedAt }: SandboxConference): string {
  const [from, to] = [startsAt, endsAt].map((time) => `<time datetime="${time.toISOString()}">${inUtc(time)}</time>`);
  const state = removedAt ? "<p>This meeting was cancelled.</p>" : `<p>From ${from} to ${to}, UTC.</p>`;
  return (
    `<!doctype html><html lang="en"><title>Sandbox conference</title><h1>${escape(topic)}</h1>${state}` +
    `<p>A stand-in for a ${location} meeting.</p></html>`
  );
}

const inUtc = (time: Date) => time.toISOString().slice(0, 16).replace("T", " ");

const escape = (text: string) => text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
