import type { HiringTeamMember } from "../hiring/load.ts";
import type { User } from "../people/load.ts";

const ADMINS: readonly User["role"][] = ["SUPER_ADMIN", "ADMIN"];
const MANAGERS: readonly HiringTeamMember["role"][] = ["RECRUITER", "HIRING_MANAGER", "COORDINATOR"];

export type OrganizerRight = "may" | "not the job" | "not the application";

/** Whether a user may manage a job and one application to it. */
export function organizerMay(
  user: Pick<User, "id" | "role">,
  { team, candidate }: { team: Pick<HiringTeamMember, "userId" | "role">[]; candidate: { addedById: string | null } },
): OrganizerRight {
  if (ADMINS.includes(user.role)) return "may";
  const roles = team.filter((member) => member.userId === user.id).map((member) => member.role);
  if (roles.some((role) => MANAGERS.includes(role))) return "may";
  if (!roles.includes("EXTERNAL_RECRUITER")) return "not the job";
  return candidate.addedById === user.id ? "may" : "not the application";
}
