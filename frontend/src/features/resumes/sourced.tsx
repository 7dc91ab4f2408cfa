import { VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSources } from "./source-context";
import styles from "./sourced.module.css";

type Props = { pointer: string; children: string };

/** A value that shows its place in the original when it is clicked, where it has one. */
export function Sourced({ pointer, children }: Props) {
  const { t } = useTranslation();
  const { selection, sourcesOf, show } = useSources();
  if (sourcesOf(pointer).length === 0) return <span>{children}</span>;
  const isSelected = selection?.pointer === pointer;
  return (
    <button type="button" className={styles.sourced} aria-pressed={isSelected} onClick={() => show(pointer)}>
      {children}
      <VisuallyHidden> {t("resume.showSource")}</VisuallyHidden>
    </button>
  );
}
