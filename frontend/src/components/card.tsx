import type { ReactNode } from "react";
import styles from "./card.module.css";

type Props = { children: ReactNode; isAccented?: boolean };

/** A quiet surface for things that belong together. */
export function Card({ children, isAccented = false }: Props) {
  return <div className={isAccented ? `${styles.card} ${styles.accented}` : styles.card}>{children}</div>;
}
