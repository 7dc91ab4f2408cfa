import { type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { MarkedBoxes } from "./marked-boxes";
import styles from "./original-view.module.css";
import type { Selection } from "./source-context";
import { useReveal } from "./use-reveal";

type Props = { file: Blob; selection: Selection | null; frame: RefObject<HTMLDivElement | null> };

/** A picture counts as a page of A4, whatever its resolution. */
const PAGE_WIDTH = 595;

export function ImageView({ file, selection, frame }: Props) {
  const { t } = useTranslation();
  const [address, setAddress] = useState<string>();
  const [height, setHeight] = useState<number | null>(null);

  useEffect(() => {
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);

  useReveal(frame, selection?.turn, height !== null);

  return (
    <div className={styles.pages}>
      <div className={styles.page}>
        <img
          src={address}
          alt={t("resume.pageNumber", { page: 1 })}
          onLoad={({ currentTarget: image }) =>
            setHeight((PAGE_WIDTH * image.naturalHeight) / image.naturalWidth)
          }
        />
        {height !== null && (
          <MarkedBoxes sources={selection?.sources ?? []} page={1} width={PAGE_WIDTH} height={height} />
        )}
      </div>
    </div>
  );
}
