import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { InterviewDetail, Question } from "@/api";
import { SkipButton } from "@/features/room/skip-button";
import { LinkNotices } from "./link-notices";
import { NoLink } from "./no-link";
import { OwnVideo } from "./own-video";
import { Review } from "./review";
import { transcriptQuery } from "./speech-queries";
import { phaseOf, type Spoken } from "./spoken";
import { StartVoice } from "./start-voice";
import { TalkButton } from "./talk-button";
import { TranscriptView } from "./transcript-view";
import styles from "./voice.module.css";
import { useVoice } from "./voice-context";

type Props = {
  interview: InterviewDetail;
  question: Question;
  isSending: boolean;
  isSkipping: boolean;
  wishTake: number;
  onSend: (text: string, spoken: Spoken) => void;
  onSkip: () => void;
  onType: (heard: string) => void;
};

/** From the consent over speaking to the corrected transcript; each state has a way on. */
export function VoicePanel(props: Props) {
  const { interview, question, isSending, isSkipping, wishTake, onSend, onSkip, onType } = props;
  const { link, session } = useVoice();
  const query = useQuery(transcriptQuery(interview.id, question.id));
  const nextTake = Math.max(query.data?.take ?? 0, wishTake) + 1;
  const transcript = nextTake > wishTake + 1 ? query.data : undefined;
  const phase = phaseOf(link, question.id, transcript);
  const { refetch } = query;
  useEffect(() => {
    // The events of the stream may have come before the end of the answer had.
    if (phase === "review") void refetch();
  }, [phase, refetch]);
  const again = () => session.begin(question.id, nextTake);

  return (
    <Stack gap="md" className={styles.panel}>
      {phase === "review" && transcript ? (
        <Review
          interview={interview}
          question={question}
          transcript={transcript}
          isSending={isSending}
          onSend={(text, spoken) => {
            session.forget();
            onSend(text, spoken);
          }}
          onAgain={again}
          onType={onType}
        />
      ) : (
        <>
          {link.state === "off" && <StartVoice interview={interview} onType={() => onType("")} />}
          {link.state === "failed" && (
            <NoLink interview={interview} question={question} onType={() => onType(transcript?.text ?? "")} />
          )}
          {link.state !== "off" && link.state !== "failed" && (
            <TalkButton
              link={link}
              phase={phase}
              interview={interview}
              onStart={() => session.begin(question.id, nextTake)}
              onStop={() => session.end()}
              onThink={(seconds) => session.think(seconds)}
            />
          )}
        </>
      )}
      {(phase === "listening" || phase === "ending") && (
        <TranscriptView interview={interview} transcript={transcript} take={link.answer?.take} />
      )}
      <LinkNotices link={link} />
      <div className={styles.foot}>
        <SkipButton isSkipping={isSkipping} isDisabled={isSending} onSkip={onSkip} />
        <OwnVideo interview={interview} />
      </div>
    </Stack>
  );
}
