import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ReviewSummary } from "@/api";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { PageTitle } from "@/components/page-title";
import { Section } from "@/components/section";
import styles from "@/features/home/home.module.css";
import { currentLanguage } from "@/i18n";
import { formatDateTime } from "@/lib/format";
import { reviewsQuery } from "./review-queries";

/** What waits for an operator's answer, and what was answered. */
export function ReviewsPage() {
  const { t } = useTranslation();
  const waiting = useQuery(reviewsQuery("requested"));
  const answered = useQuery(reviewsQuery("answered"));
  const error = waiting.error ?? answered.error;
  if (!waiting.data || !answered.data) {
    if (!error) return <PageSkeleton />;
    return <LoadError error={error} onRetry={() => Promise.all([waiting.refetch(), answered.refetch()])} />;
  }
  return (
    <Stack gap={40} maw={760} mx="auto">
      <PageTitle title={t("reviews.title")} lead={t("reviews.lead")} />
      <Section title={t("reviews.waiting")}>
        <Rows {...waiting.data} empty={t("reviews.waitingEmpty")} />
      </Section>
      <Section title={t("reviews.answered")}>
        <Rows {...answered.data} empty={t("reviews.answeredEmpty")} />
      </Section>
    </Stack>
  );
}

function Rows({ items, total, empty }: { items: readonly ReviewSummary[]; total: number; empty: string }) {
  const { t } = useTranslation();
  if (items.length === 0) return <div className={styles.empty}>{empty}</div>;
  return (
    <>
      <ul className={styles.rows}>
        {items.map((item) => (
          <li key={item.id} className={styles.row}>
            {item.state === "requested" ? <Waiting item={item} /> : <Answered item={item} />}
          </li>
        ))}
      </ul>
      {items.length < total && (
        <Text size="sm" c="dimmed">
          {t("reviews.more", { count: items.length, total })}
        </Text>
      )}
    </>
  );
}

function Waiting({ item }: { item: ReviewSummary }) {
  const { t } = useTranslation();
  return (
    <Link to={`/operations/reviews/${item.id}`} className={styles.rowLink}>
      <div className={styles.rowTitle}>{item.text}</div>
      <div className={styles.rowMeta}>
        {item.target_role} ·{" "}
        {t("review.requestedAt", { date: formatDateTime(item.requested_at, currentLanguage()) })}
      </div>
    </Link>
  );
}

function Answered({ item }: { item: ReviewSummary }) {
  const { t } = useTranslation();
  return (
    <div className={styles.rowLink}>
      <div>{item.target_role}</div>
      <div className={styles.rowMeta}>
        {t("reviews.answeredText", {
          outcome: item.outcome ? t(`review.outcome.${item.outcome}`) : "",
          date: item.answered_at ? formatDateTime(item.answered_at, currentLanguage()) : "",
        })}
      </div>
    </div>
  );
}
