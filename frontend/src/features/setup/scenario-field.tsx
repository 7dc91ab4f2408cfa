import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { listScenarios } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import type { Language } from "@/i18n";
import { unwrap } from "@/lib/api-error";
import { ChoiceCards } from "./choice-cards";
import { StageList } from "./stage-list";

type Props = { language: Language; value: string; onChange: (scenarioId: string) => void };

/** The kinds of interview that this installation offers, in the interview's language. */
export function ScenarioField({ language, value, onChange }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: ["scenarios", language],
    queryFn: () => unwrap(listScenarios({ query: { language } })),
    placeholderData: (previous) => previous,
    staleTime: 600_000,
  });
  if (!data && error)
    return <ErrorAlert title={t("setup.scenariosFailed")} error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton height={110} animate={false} />;
  return (
    <ChoiceCards
      label={t("setup.length")}
      value={value}
      onChange={onChange}
      choices={data.map((scenario) => ({
        value: scenario.id,
        title: scenario.title,
        text: scenario.description,
        details: <StageList scenario={scenario} />,
      }))}
    />
  );
}
