import { Button, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Explanation } from "@/api";
import { currentLanguage } from "@/i18n";
import styles from "./explanation.module.css";
import { explanationQuery } from "./explanation-query";

type Props = { interviewId: string; children: (explanation: Explanation) => ReactNode };

/** Loads how a report came about, and shows what a part of the page wants to say of it. */
export function Explained({ interviewId, children }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(explanationQuery(interviewId, currentLanguage()));
  if (data) return children(data);
  if (!error) return <Skeleton height={96} animate={false} aria-label={t("common.loading")} />;
  return (
    <>
      <Text size="sm" role="alert">
        {t("explanation.failed")}
      </Text>
      <Button size="compact-sm" variant="default" mt="xs" onClick={() => refetch()}>
        {t("common.retry")}
      </Button>
    </>
  );
}

export function Sentences({ sentences }: { sentences: readonly string[] }) {
  return (
    <ul className={styles.sentences}>
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}
