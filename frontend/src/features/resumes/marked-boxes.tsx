import type { Source } from "@/api";
import styles from "./original-view.module.css";

type Props = { sources: Source[]; page: number /** In points. */; width: number; height: number };

/** The boxes of a selection on one page. */
export function MarkedBoxes({ sources, page, width, height }: Props) {
  return sources.map((source) => {
    if (source.page !== page || !source.box) return null;
    const [left, top, right, bottom] = source.box;
    return (
      <div
        key={source.box.join()}
        data-marked
        className={styles.box}
        style={{
          left: percent(left, width),
          top: percent(top, height),
          width: percent(right - left, width),
          height: percent(bottom - top, height),
        }}
      />
    );
  });
}

function percent(part: number, whole: number): string {
  return `${(100 * part) / whole}%`;
}
