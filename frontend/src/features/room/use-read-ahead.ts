import { useEffect, useRef } from "react";
import { updateDraft } from "@/api";
import { useSystemStatus } from "@/features/setup/use-system-status";

const EVERY_MS = 5_000;
const LEAST_NEW_CHARACTERS = 20;

/**
 * Lets the interviewing model read an answer while it is written, so that the next question comes sooner.
 * Returns whether it does. A lost draft is no error: the whole answer is read when it is sent.
 */
export function useReadAhead(interviewId: string, questionId: string, text: string): boolean {
  const { data: status } = useSystemStatus();
  const isOn = status?.can_ask_with_model === true;
  const written = useRef(text);
  written.current = text;

  useEffect(() => {
    if (!isOn) return;
    let sent = 0;
    const timer = setInterval(() => {
      const text = written.current;
      if (text.trim() === "" || Math.abs(text.length - sent) < LEAST_NEW_CHARACTERS) return;
      sent = text.length;
      void updateDraft({ path: { interview_id: interviewId }, body: { question_id: questionId, text } });
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [interviewId, questionId, isOn]);

  return isOn;
}
