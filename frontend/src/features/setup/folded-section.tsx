import { IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./folded-section.module.css";

type Props = { title: string; chosen: string; children: ReactNode };

/** What few people change, folded away with what holds at present beside its name. */
export function FoldedSection({ title, chosen, children }: Props) {
  return (
    <details className={styles.folded}>
      <summary>
        <IconChevronRight size={18} stroke={1.75} aria-hidden />
        <span className={styles.title}>{title}</span>
        <span className={styles.chosen}>{chosen}</span>
      </summary>
      <div className={styles.content}>{children}</div>
    </details>
  );
}
