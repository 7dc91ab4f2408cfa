import { Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail } from "@/api";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { ErrorAlert } from "@/components/error-alert";
import { readDraft } from "@/lib/drafts";
import type { StreamState } from "@/lib/sse";
import { ConnectionNotice } from "./connection-notice";
import { EarlierTurns } from "./earlier-turns";
import { Finished } from "./finished";
import { HeardNotice } from "./heard-notice";
import { Paused } from "./paused";
import { RoomHeader } from "./room-header";
import { currentTurn, type RoomState } from "./room-state";
import { TurnView } from "./turn-view";
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
  const turn = currentTurn(interview);
  const question = turn?.question ?? null;
  const isOver = interview.status === "finished";
  const isPaused = !isOver && interview.clock.is_paused;
  const { failure, unsent, heard } = actions;
  const hasDraft = question !== null && readDraft(interview.id, question.id) !== "";

  return (
    <Stack gap="xl" maw={760} mx="auto">
      <RoomHeader
        interview={interview}
        question={question}
        isPausing={actions.asking === "pause"}
        onPause={() => actions.ask("pause")}
        onFinish={() => setAsksToFinish(true)}
      />
      <ConnectionNotice stream={stream} isDegraded={state.isDegraded} isOver={isOver} />
      {unsent && unsent.question.id !== question?.id && (
        <UnsentAnswer unsent={unsent} error={failure?.error ?? null} onDismiss={actions.dismissUnsent} />
      )}
      {isOver && <Finished interview={interview} />}
      {isPaused && (
        <Paused
          isDistress={heard?.act === "distress"}
          hasDraft={hasDraft}
          isResuming={actions.asking === "resume"}
          onResume={() => actions.ask("resume")}
        />
      )}
      {turn && !isPaused && (
        <TurnView key={turn.question.id} interview={interview} turn={turn} actions={actions} />
      )}
      {!turn && !isOver && !isPaused && (
        <>
          <HeardNotice heard={heard} interview={interview} />
          <Waiting
            interview={interview}
            streamedText={streamed?.text ?? ""}
            onReload={reload}
            onFinish={() => setAsksToFinish(true)}
          />
        </>
      )}
      {failure && !failure.isMovedOn && (!turn || isPaused) && (
        <ErrorAlert title={t("room.notDoneTitle")} error={failure.error} />
      )}
      <EarlierTurns
        turns={interview.turns.filter(({ answer }) => answer !== null)}
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
        isPending={actions.asking === "finish"}
        onConfirm={() => actions.ask("finish")}
        onClose={() => setAsksToFinish(false)}
      />
    </Stack>
  );
}
