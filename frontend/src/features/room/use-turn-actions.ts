import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { finishInterview, type InterviewDetail, type Question, skipQuestion, submitAnswer } from "@/api";
import { INTERVIEWS } from "@/features/home/interview-queries";
import { ApiError, unwrap } from "@/lib/api-error";
import { forgetDraft } from "@/lib/drafts";

/** An answer that the server would not take because the interview had moved on; kept until it is dismissed. */
export type Unsent = { question: Question; text: string };

type Options = {
  interviewId: string;
  take: (snapshot: InterviewDetail) => void;
  reload: () => Promise<void>;
};

/** Answer, skip, finish: each sent once however often it is asked for. */
export function useTurnActions({ interviewId, take, reload }: Options) {
  const queryClient = useQueryClient();
  const [unsent, setUnsent] = useState<Unsent | null>(null);
  // State is a render behind; two clicks in the same moment must meet a lock that is already there.
  const isSending = useRef(false);
  const path = { interview_id: interviewId };

  const release = () => {
    isSending.current = false;
  };

  const answer = useMutation({
    mutationFn: ({ question, text }: Unsent) =>
      unwrap(submitAnswer({ path, body: { question_id: question.id, text } })),
    onSuccess: (snapshot, { question }) => {
      forgetDraft(interviewId, question.id);
      setUnsent((kept) => (kept?.question.id === question.id ? null : kept));
      take(snapshot);
    },
    onError: async (error, attempt) => {
      if (!isConflict(error)) return;
      setUnsent(attempt);
      await reload();
    },
    onSettled: release,
  });

  const skip = useMutation({
    mutationFn: (question: Question) => unwrap(skipQuestion({ path, body: { question_id: question.id } })),
    onSuccess: (snapshot, question) => {
      forgetDraft(interviewId, question.id);
      take(snapshot);
    },
    onError: (error) => (isConflict(error) ? reload() : undefined),
    onSettled: release,
  });

  const finish = useMutation({
    mutationFn: () => unwrap(finishInterview({ path })),
    onSuccess: (snapshot) => {
      take(snapshot);
      void queryClient.invalidateQueries({ queryKey: [...INTERVIEWS, "list"] });
    },
    onSettled: release,
  });

  const once = (send: () => void) => {
    if (isSending.current) return;
    isSending.current = true;
    send();
  };

  const dismissUnsent = () => {
    if (unsent) forgetDraft(interviewId, unsent.question.id);
    setUnsent(null);
  };

  return {
    answer: (question: Question, text: string) => once(() => answer.mutate({ question, text })),
    skip: (question: Question) => once(() => skip.mutate(question)),
    finish: () => once(() => finish.mutate()),
    isAnswering: answer.isPending,
    isSkipping: skip.isPending,
    isFinishing: finish.isPending,
    /** What the last try ran into, with the question it was for. */
    failure: failureOf(answer, skip, finish),
    unsent,
    dismissUnsent,
  };
}

type Attempt<Variables> = { error: Error | null; variables: Variables | undefined };

function failureOf(
  answer: Attempt<Unsent>,
  skip: Attempt<Question>,
  finish: Attempt<void>,
): { error: Error; questionId: string | null } | null {
  if (answer.error) return { error: answer.error, questionId: answer.variables?.question.id ?? null };
  if (skip.error) return { error: skip.error, questionId: skip.variables?.id ?? null };
  return finish.error ? { error: finish.error, questionId: null } : null;
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}
