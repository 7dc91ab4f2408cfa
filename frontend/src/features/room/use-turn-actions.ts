import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { type InterviewDetail, type Question, type SpeechAct, submitAnswer } from "@/api";
import { INTERVIEWS } from "@/features/home/interview-queries";
import type { Spoken } from "@/features/voice/spoken";
import { ApiError, unwrap } from "@/lib/api-error";
import { forgetDraft } from "@/lib/drafts";
import { type Command, isWish, sendCommand } from "./commands";

/** An answer that the server would not take because the interview had moved on; kept until it is dismissed. */
export type Unsent = { question: Question; text: string; spoken?: Spoken };

/** What the last words or the last button were understood as. */
export type Heard = { act: SpeechAct; questionId: string; isGranted: boolean };

/** What the last try ran into, with the question it was for. */
export type Failure = { error: Error; questionId: string | null; isMovedOn: boolean; isAnswer: boolean };

type WishTake = { questionId: string; take: number };

type Options = {
  interviewId: string;
  take: (snapshot: InterviewDetail) => void;
  reload: () => Promise<void>;
};

type Ask = { command: Command; question: Question | null };

/** Answers and commands, each sent once however often it is asked for. */
export function useTurnActions({ interviewId, take, reload }: Options) {
  const queryClient = useQueryClient();
  const [unsent, setUnsent] = useState<Unsent | null>(null);
  const [heard, setHeard] = useState<Heard | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  // Words that were taken for a wish leave the box empty again.
  const [wishCount, setWishCount] = useState(0);
  const [wishTake, setWishTake] = useState<WishTake | null>(null);
  // State is a render behind; two clicks in the same moment must meet a lock that is already there.
  const isSending = useRef(false);
  // Questions whose text went where the candidate wanted it, or is on its way there.
  const settled = useRef(new Set<string>());
  const begin = (question: Question | null) => {
    setHeard(null);
    setFailure(null);
    if (question) settled.current.add(question.id);
  };
  const release = () => {
    isSending.current = false;
  };
  const fail = async (error: Error, questionId: string | null, isAnswer: boolean) => {
    const isMovedOn = isConflict(error);
    if (questionId) settled.current.delete(questionId);
    setFailure({ error, questionId, isMovedOn, isAnswer });
    if (isMovedOn) await reload();
  };

  const answer = useMutation({
    mutationFn: ({ question, text, spoken }: Unsent) =>
      unwrap(
        submitAnswer({
          path: { interview_id: interviewId },
          body: { question_id: question.id, text, ...asVoice(spoken) },
        }),
      ),
    onMutate: ({ question }) => begin(question),
    onSuccess: (receipt, { question, spoken }) => {
      forgetDraft(interviewId, question.id);
      setUnsent((kept) => (kept?.question.id === question.id ? null : kept));
      const { heard_as: act, ...snapshot } = receipt;
      if (act) setHeard({ act, questionId: question.id, isGranted: isGranted(act, snapshot) });
      if (act && isWish(act)) {
        settled.current.delete(question.id);
        setWishCount((count) => count + 1);
        if (spoken) setWishTake({ questionId: question.id, take: spoken.take });
      }
      take(snapshot);
    },
    onError: async (error, attempt) => {
      if (isConflict(error)) setUnsent(attempt);
      await fail(error, attempt.question.id, true);
    },
    onSettled: release,
  });

  const command = useMutation({
    mutationFn: ({ command, question }: Ask) => sendCommand(command, interviewId, question),
    onMutate: ({ command, question }) => begin(command === "skip" ? question : null),
    onSuccess: (snapshot, { command, question }) => {
      if (command === "skip" && question) forgetDraft(interviewId, question.id);
      if (question && isWish(command))
        setHeard({ act: command, questionId: question.id, isGranted: isGranted(command, snapshot) });
      take(snapshot);
      if (["pause", "resume", "finish"].includes(command))
        void queryClient.invalidateQueries({ queryKey: [...INTERVIEWS, "list"] });
    },
    onError: (error, { question }) => fail(error, question?.id ?? null, false),
    onSettled: release,
  });

  const once = (send: () => void) => {
    if (isSending.current) return;
    isSending.current = true;
    send();
  };

  /** Text that leaves the page because the interview moved on in another window, or ended. */
  const keep = useCallback((question: Question, text: string) => {
    if (text.trim() !== "" && !settled.current.has(question.id)) setUnsent({ question, text });
  }, []);

  const dismissUnsent = () => {
    if (unsent) forgetDraft(interviewId, unsent.question.id);
    setUnsent(null);
  };

  return {
    answer: (question: Question, text: string, spoken?: Spoken) =>
      once(() => answer.mutate({ question, text, spoken })),
    ask: (name: Command, question: Question | null = null) =>
      once(() => command.mutate({ command: name, question })),
    isAnswering: answer.isPending,
    asking: command.isPending ? command.variables.command : null,
    failure,
    heard,
    wishCount,
    /** The newest take of a question whose words were a wish; it is no answer to be looked through again. */
    wishTakeOf: ({ id }: Question) => (wishTake?.questionId === id ? wishTake.take : 0),
    unsent,
    keep,
    dismissUnsent,
  };
}

function asVoice(spoken: Spoken | undefined) {
  return spoken && ({ source: "voice", take: spoken.take, accept_missing: spoken.acceptMissing } as const);
}

/** Whether there was something left to give: hints and moments are not endless. */
function isGranted(act: SpeechAct, snapshot: InterviewDetail): boolean {
  if (act === "moment") return snapshot.clock.resumes_at !== null;
  return act !== "hint" || (snapshot.turns.at(-1)?.hints.length ?? 0) > 0;
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}
