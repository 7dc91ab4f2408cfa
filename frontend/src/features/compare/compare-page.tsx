import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { ErrorAlert } from "@/components/error-alert";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { PageTitle } from "@/components/page-title";
import { interviewsQuery } from "@/features/home/interview-queries";
import styles from "./compare.module.css";
import { comparisonQuery } from "./compare-queries";
import { ComparisonView } from "./comparison-view";
import { InterviewPickers } from "./interview-pickers";
import { choosePair } from "./pair";

const LONGEST_LIST = 100;

/** Two interviews beside each other; the address names them, so that a comparison can be kept as a bookmark. */
export function ComparePage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const interviews = useQuery(interviewsQuery(LONGEST_LIST));
  const ready = (interviews.data?.items ?? []).filter(({ report_status }) => report_status === "ready");
  const { a, b } = choosePair(ready, params.get("a"), params.get("b"));
  const isChosen = a !== null && b !== null && a !== b;
  const comparison = useQuery({ ...comparisonQuery(a ?? "", b ?? ""), enabled: isChosen });

  if (!interviews.data) {
    return interviews.error ? (
      <LoadError error={interviews.error} onRetry={interviews.refetch} />
    ) : (
      <PageSkeleton />
    );
  }
  return (
    <Stack gap={40} className={styles.page}>
      <PageTitle title={t("compare.title")} lead={t("compare.lead")} />
      {ready.length < 2 ? (
        <div className={styles.empty}>{t("compare.tooFew")}</div>
      ) : (
        <InterviewPickers
          interviews={ready}
          a={a}
          b={b}
          onChange={(pair) => setParams(pair, { replace: true, preventScrollReset: true })}
        />
      )}
      {comparison.error && (
        <ErrorAlert title={t("error.title")} error={comparison.error} onRetry={() => comparison.refetch()} />
      )}
      {comparison.isLoading && <PageSkeleton />}
      {comparison.data && isChosen && <ComparisonView comparison={comparison.data} />}
    </Stack>
  );
}
