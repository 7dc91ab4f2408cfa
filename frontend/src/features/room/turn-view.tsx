import { Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail, Turn } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { NoticeAlert } from "@/components/notice-alert";
import { VoiceAnswer } from "@/features/voice/voice-answer";
import { errorText } from "@/i18n/error-text";
import { AnswerForm } from "./answer-form";
import { BreakOffer } from "./break-offer";
import { useTimeLeft } from "./clock";
import type { Command } from "./commands";
import { HeardNotice } from "./heard-notice";
import { Hints } from "./hints";
import styles from "./question.module.css";
import { QuestionView } from "./question-view";
import { TimeNotice } from "./time-left";
import type { useTurnActions } from "./use-turn-actions";
import { WishBar } from "./wish-bar";

type Props = { interview: InterviewDetail; turn: Turn; actions: ReturnType<typeof useTurnActions> };

/** The open question and everything that can be done with it. */
export function TurnView({ interview, turn, actions }: Props) {
  const { t } = useTranslation();
  const { question } = turn;
  const { heard, failure } = actions;
  const [repeats, setRepeats] = useState(0);
  const { isThinking } = useTimeLeft(interview.clock);
  const offersBreak =
    interview.accommodations.breaks === true && question.probe === 0 && question.position > 1;
  const ask = (command: Command) => {
    if (command === "repeat") setRepeats(repeats + 1);
    actions.ask(command, question);
  };
  return (
    <>
      {offersBreak && (
        <BreakOffer isPausing={actions.asking === "pause"} onPause={() => actions.ask("pause")} />
      )}
      <Stack gap="lg">
        <QuestionView question={question} language={interview.language} repeats={repeats} />
        <WishBar
          turn={turn}
          isThinking={isThinking}
          isBusy={actions.isAnswering || actions.asking !== null}
          asking={actions.asking}
          onAsk={ask}
        />
        <Hints hints={turn.hints} language={interview.language} />
        <div className={styles.notices}>
          <HeardNotice heard={heard?.questionId === question.id ? heard : null} interview={interview} />
          <TimeNotice interview={interview} />
        </div>
      </Stack>
      {failure?.isMovedOn === false && (
        <ErrorAlert
          title={t(failure.isAnswer ? "room.notSentTitle" : "room.notDoneTitle")}
          error={failure.error}
        />
      )}
      {failure?.isMovedOn && failure.questionId === question.id && (
        <NoticeAlert needsYou text={errorText(failure.error)} />
      )}
      <VoiceAnswer
        key={`${question.id}:${actions.wishCount}`}
        interview={interview}
        question={question}
        isSending={actions.isAnswering}
        isSkipping={actions.asking === "skip"}
        wishTake={actions.wishTakeOf(question)}
        onSend={(text, spoken) => actions.answer(question, text, spoken)}
        onSkip={() => actions.ask("skip", question)}
      >
        <AnswerForm
          interviewId={interview.id}
          question={question}
          isSending={actions.isAnswering}
          isSkipping={actions.asking === "skip"}
          onSend={(text) => actions.answer(question, text)}
          onSkip={() => actions.ask("skip", question)}
          onLeave={actions.keep}
        />
      </VoiceAnswer>
    </>
  );
}
