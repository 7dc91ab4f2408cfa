import type { Interview, Resume } from "@/api";
import { isInWork } from "@/features/resumes/use-live-resume";

export type NextStep =
  | { kind: "upload" }
  | { kind: "wait" | "mend"; resume: Resume }
  | { kind: "start" | "again" }
  | { kind: "continue" | "read"; interview: Interview };

/** The one thing that is worth doing now: finish what was begun, then read, then begin anew. */
export function nextStep(resumes: readonly Resume[], interviews: readonly Interview[]): NextStep {
  const open = interviews.find((interview) => interview.status === "in_progress");
  if (open) return { kind: "continue", interview: open };
  const latest = interviews[0];
  if (latest?.report_status === "ready") return { kind: "read", interview: latest };
  if (resumes.some((resume) => resume.status === "ready")) return { kind: latest ? "again" : "start" };
  const inWork = resumes.find(isInWork);
  if (inWork) return { kind: "wait", resume: inWork };
  const failed = resumes.find((resume) => resume.status === "failed");
  return failed ? { kind: "mend", resume: failed } : { kind: "upload" };
}
