import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { InterviewDetail, SpokenWord, Transcript } from "@/api";
import styles from "./voice.module.css";

type Props = {
  interview: InterviewDetail;
  transcript: Transcript | undefined;
  /** The take that is being spoken; an older one's words are not shown as its. */
  take: number | undefined;
};

/** What has been written down so far, read out as it comes. */
export function TranscriptView({ interview, transcript, take }: Props) {
  const { t } = useTranslation();
  const segments = transcript?.take === take ? (transcript?.segments ?? []) : [];
  const written = segments.filter((segment) => segment.text);
  const waiting = segments.filter((segment) => segment.state === "pending").length;
  return (
    <section aria-label={t("voice.liveTranscript")} className={styles.transcript}>
      <div role="log" lang={interview.language}>
        {written.map((segment) => (
          <p key={`${segment.epoch}:${segment.sequence}`}>
            <Words words={segment.words} text={segment.text ?? ""} />
          </p>
        ))}
      </div>
      <Text size="sm" c="dimmed">
        {waiting > 0
          ? t("voice.segmentsWaiting", { count: waiting })
          : t(written.length > 0 ? "voice.transcriptSoFar" : "voice.transcriptLater")}
      </Text>
    </section>
  );
}

type WordsProps = { words: readonly SpokenWord[]; text: string; onDoubt?: (word: SpokenWord) => void };

/** Words with the doubtful ones underlined and followed by a question mark. */
export function Words({ words, text, onDoubt }: WordsProps) {
  const { t } = useTranslation();
  if (words.length === 0) return text;
  return words.map((word, index) => {
    const key = `${word.start_ms}:${index}`;
    if (!word.is_doubtful) return <span key={key}>{word.text} </span>;
    const name = t("voice.doubtful", { word: word.text.trim() });
    return onDoubt ? (
      <span key={key}>
        <button type="button" className={styles.doubtful} aria-label={name} onClick={() => onDoubt(word)}>
          {word.text.trim()}
          <sup aria-hidden>?</sup>
        </button>{" "}
      </span>
    ) : (
      <span key={key} className={styles.doubtful}>
        {word.text.trim()}
        <sup aria-hidden>?</sup>{" "}
      </span>
    );
  });
}
