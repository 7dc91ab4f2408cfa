import { Loader } from "@mantine/core";
import { IconFileUpload } from "@tabler/icons-react";
import { type ChangeEvent, type DragEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage } from "@/i18n";
import { formatBytes } from "@/lib/format";
import { ACCEPTED_FILES } from "./check-file";
import styles from "./drop-zone.module.css";

type Props = { maxBytes: number; isBusy: boolean; onFile: (file: File) => void };

/** Takes one file, dropped or chosen. The whole area is the label of a real file input. */
export function DropZone({ maxBytes, isBusy, onFile }: Props) {
  const { t } = useTranslation();
  const inputId = useId();
  const [isOver, setOver] = useState(false);

  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file && !isBusy) onFile(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    take(event.target.files);
    // The same file can be chosen again after a failure.
    event.target.value = "";
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the file input inside does the same
    <div
      className={isOver ? `${styles.zone} ${styles.over}` : styles.zone}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {isBusy ? <Loader size="sm" /> : <IconFileUpload size={36} stroke={1.4} aria-hidden />}
      <p className={styles.words} role="status">
        {isBusy ? t("resume.uploading") : t("resume.drop")}
      </p>
      <input
        id={inputId}
        type="file"
        accept={ACCEPTED_FILES}
        className={styles.input}
        aria-label={t("resume.fileLabel")}
        disabled={isBusy}
        onChange={choose}
      />
      <label htmlFor={inputId} className={styles.button} aria-hidden>
        {t("resume.choose")}
      </label>
      <p className={styles.limits}>
        {t("resume.limits", { limit: formatBytes(maxBytes, currentLanguage()) })}
      </p>
    </div>
  );
}
