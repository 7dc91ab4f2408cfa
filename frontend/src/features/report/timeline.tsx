import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Report, Turn, Waiting } from "@/api";
import { Section } from "@/components/section";
import { formatScore } from "@/lib/format";
import styles from "./timeline.module.css";

type Props = { report: Report; onQuestion: (questionId: string) => void };

const LEAST_SHARE = 1.5;

/** When each question was asked, how long it was waited for, and how long its answer took. */
export function Timeline({ report, onQuestion }: Props) {
  const { t } = useTranslation();
  const spans = report.turns.flatMap(spanOf);
  const first = spans[0];
  if (!first || spans.length < 2) return null;
  const begin = first.from;
  const whole = Math.max(...spans.map(({ to }) => to)) - begin;
  return (
    <Section title={t("report.timeline")} lead={t("report.timelineLead")}>
      <ol className={styles.timeline}>
        {spans.map(({ turn, from, to }) => {
          const { waiting } = turn.question;
          const waited = waiting ? waiting.whole_ms : null;
          const score = report.answers.find((review) => review.question_id === turn.question.id)?.score;
          return (
            <li key={turn.question.id} className={styles.item}>
              <button type="button" className={styles.row} onClick={() => onQuestion(turn.question.id)}>
                <span className={styles.name}>
                  <span className={styles.position}>{turn.question.position}</span>
                  {turn.question.stage_title}
                </span>
                <span className={styles.lane} aria-hidden>
                  <span
                    className={turn.answer?.is_skipped ? styles.skipped : styles.span}
                    style={{
                      left: `${(100 * (from - begin)) / whole}%`,
                      width: `${Math.max((100 * (to - from)) / whole, LEAST_SHARE)}%`,
                    }}
                  />
                  {waited !== null && (
                    <span
                      className={styles.waited}
                      style={{
                        left: `${Math.max((100 * (from - waited - begin)) / whole, 0)}%`,
                        right: `${100 - (100 * (from - begin)) / whole}%`,
                      }}
                    />
                  )}
                </span>
                <span className={styles.took}>
                  {duration(to - from, t)}
                  {score !== null && score !== undefined && (
                    <span className={styles.score}>{t("report.points", { score: formatScore(score) })}</span>
                  )}
                  {waiting && <span className={styles.wait}>{waitText(waiting, t)}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

type Span = { turn: Turn; from: number; to: number };

function spanOf(turn: Turn): Span[] {
  if (!turn.answer) return [];
  const from = Date.parse(turn.question.created_at);
  const to = Math.max(Date.parse(turn.answer.submitted_at), from);
  return [{ turn, from, to }];
}

/** How long the whole question was waited for, and its first words where they came before it. */
function waitText({ whole_ms, first_text_ms, is_prepared }: Waiting, t: TFunction): string {
  const times = { duration: duration(whole_ms, t, 1), first: duration(first_text_ms, t, 1) };
  if (is_prepared) return t("report.waitedPrepared", times);
  return t(first_text_ms < whole_ms ? "report.waitedFirst" : "report.waited", times);
}

function duration(ms: number, t: TFunction, digits = 0): string {
  if (ms < 60_000 && digits > 0) return t("report.seconds", { seconds: (ms / 1000).toFixed(digits) });
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0
    ? t("report.minutesSeconds", { minutes, seconds: seconds % 60 })
    : t("report.seconds", { seconds });
}
