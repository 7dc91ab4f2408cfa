import { VisuallyHidden } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { LearningResource } from "@/api";
import { currentLanguage, LANGUAGE_NAMES } from "@/i18n";
import { formatDate } from "@/lib/format";
import styles from "./learning.module.css";

/** A page elsewhere, with what somebody wants to know before going there. */
export function ResourceLink({ resource }: { resource: LearningResource }) {
  const { t } = useTranslation();
  const facts = [
    new URL(resource.url).hostname.replace(/^www\./, ""),
    LANGUAGE_NAMES[resource.language],
    t(`learning.kind.${resource.kind}`),
    t(`learning.access.${resource.access}`),
    resource.licence,
    resource.checked_on &&
      t("learning.checkedOn", { date: formatDate(resource.checked_on, currentLanguage()) }),
  ].filter(Boolean);
  return (
    <div>
      <a
        className={styles.link}
        href={resource.url}
        target="_blank"
        rel="noreferrer"
        hrefLang={resource.language}
      >
        <span lang={resource.language}>{resource.title}</span>
        <IconExternalLink size={16} stroke={1.75} aria-hidden />
        <VisuallyHidden>{t("writing.openInNewWindow")}</VisuallyHidden>
      </a>
      <div className={styles.meta}>{facts.join(" · ")}</div>
    </div>
  );
}
