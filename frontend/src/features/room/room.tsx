import { Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail } from "@/api";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { ErrorAlert } from "@/components/error-alert";
import { readDraft } from "@/lib/drafts";
import type { StreamState } from "@/lib/sse";
import { AnswerForm } from "./answer-form";
import { ConnectionNotice } from "./connection-notice";
import { EarlierTurns } from "./earlier-turns";
import { Finished } from "./finished";
import { QuestionView } from "./question-view";
import { RoomHeader } from "./room-header";
import { currentQuestion, type RoomState } from "./room-state";
import { UnsentAnswer } from "./unsent-answer";
import { useTurnActions } from "./use-turn-actions";
import { Waiting } from "./waiting";

type Props = {
  state: RoomState;
  stream: StreamState;
  take: (snapshot: InterviewDetail) => void;
  reload: () => Promise<void>;
};

export function Room({ state, stream, take, reload }: Props) {
  const { t } = useTranslation();
  const { interview, streamed } = state;
  const actions = useTurnActions({ interviewId: interview.id, take, reload });
  const [asksToFinish, setAsksToFinish] = useState(false);
  const question = currentQuestion(interview);
  const isOver = interview.status === "finished";
  const { failure, unsent } = actions;
  const failsHere = failure && (failure.questionId === null || failure.questionId === question?.id);
  const hasDraft = question !== null && readDraft(interview.id, question.id) !== "";
  const position = question?.position ?? streamed?.position ?? interview.pending_question?.position ?? null;

  return (
    <Stack gap="xl" maw={760} mx="auto">
      <RoomHeader interview={interview} position={position} onFinish={() => setAsksToFinish(true)} />
      <ConnectionNotice stream={stream} isDegraded={state.isDegraded} isOver={isOver} />
      {unsent && unsent.question.id !== question?.id && (
        <UnsentAnswer unsent={unsent} error={failure?.error ?? null} onDismiss={actions.dismissUnsent} />
      )}
      {isOver && <Finished interview={interview} />}
      {question && (
        <>
          <QuestionView key={question.id} question={question} language={interview.language} />
          {failsHere && <ErrorAlert title={t("room.notSentTitle")} error={failure.error} />}
          <AnswerForm
            key={`answer:${question.id}`}
            interviewId={interview.id}
            question={question}
            isSending={actions.isAnswering}
            isSkipping={actions.isSkipping}
            onSend={(text) => actions.answer(question, text)}
            onSkip={() => actions.skip(question)}
          />
        </>
      )}
      {!question && !isOver && (
        <Waiting
          interview={interview}
          streamedText={streamed?.text ?? ""}
          onReload={reload}
          onFinish={() => setAsksToFinish(true)}
        />
      )}
      <EarlierTurns
        turns={interview.turns.filter((turn) => turn.answer !== null)}
        language={interview.language}
      />
      <ConfirmDialog
        isOpen={asksToFinish && !isOver}
        title={t("room.finishTitle")}
        text={[
          t("room.finishText", { count: interview.answered_count }),
          hasDraft && t("room.finishTextDraft"),
        ]
          .filter(Boolean)
          .join(" ")}
        confirmLabel={t("room.finishConfirm")}
        cancelLabel={t("room.keepGoing")}
        isPending={actions.isFinishing}
        onConfirm={actions.finish}
        onClose={() => setAsksToFinish(false)}
      />
    </Stack>
  );
}
