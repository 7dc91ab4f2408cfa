import { Button, CopyButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { NoticeAlert } from "@/components/notice-alert";
import { errorText } from "@/i18n/error-text";
import styles from "./turns.module.css";
import type { Unsent } from "./use-turn-actions";

type Props = { unsent: Unsent; error: Error | null; onDismiss: () => void };

/** The text of an answer that came too late, so that nothing typed is lost. */
export function UnsentAnswer({ unsent, error, onDismiss }: Props) {
  const { t } = useTranslation();
  return (
    <NoticeAlert
      needsYou
      title={t("room.unsentTitle")}
      text={error ? errorText(error) : unsent.question.text}
    >
      <blockquote className={styles.unsent}>{unsent.text}</blockquote>
      <CopyButton value={unsent.text}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" onClick={copy}>
            {copied ? t("common.copied") : t("common.copy")}
          </Button>
        )}
      </CopyButton>
      <Button size="compact-sm" variant="default" onClick={onDismiss}>
        {t("common.close")}
      </Button>
    </NoticeAlert>
  );
}
