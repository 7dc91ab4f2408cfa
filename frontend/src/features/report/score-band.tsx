import styles from "./score.module.css";

type Props = { score: number; uncertainty: number | null };

/** The score on a line from 0 to 100 with its uncertainty as a band. The figures beside it say the same. */
export function ScoreBand({ score, uncertainty }: Props) {
  const margin = uncertainty ?? 0;
  const low = Math.max(score - margin, 0);
  const high = Math.min(score + margin, 100);
  return (
    <div className={styles.track} aria-hidden>
      <div className={styles.fill} style={{ width: `${score}%` }} />
      {margin > 0 && <div className={styles.band} style={{ left: `${low}%`, width: `${high - low}%` }} />}
    </div>
  );
}
