import styles from "./thin-bar.module.css";

type Props = { percent: number; label: string; text?: string };

/** How far something is, as a hairline. */
export function ThinBar({ percent, label, text }: Props) {
  const value = Math.min(100, Math.max(0, Math.round(percent)));
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuetext={text}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div className={styles.fill} style={{ width: `${value}%` }} />
    </div>
  );
}
