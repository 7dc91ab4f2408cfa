import { Skeleton, Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { listScenarios } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { unwrap } from "@/lib/api-error";
import { ChoiceCards } from "./choice-cards";
import { CustomPlan } from "./custom-plan";
import { CUSTOM, CUSTOM_BASIS, type SetupValues } from "./setup-values";
import { StageList } from "./stage-list";

type Props = { form: UseFormReturnType<SetupValues> };

/** The plans that this installation offers, in the interview's language, and one cut to the candidate's wishes. */
export function PlanField({ form }: Props) {
  const { t } = useTranslation();
  const { language, planId } = form.values;
  const { data, error, refetch } = useQuery({
    queryKey: ["scenarios", language],
    queryFn: () => unwrap(listScenarios({ query: { language } })),
    placeholderData: (previous) => previous,
    staleTime: 600_000,
  });
  if (!data && error)
    return <ErrorAlert title={t("setup.scenariosFailed")} error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton height={240} animate={false} />;
  const basis = data.find((scenario) => scenario.id === CUSTOM_BASIS);
  const offered = data.map((scenario) => ({
    value: scenario.id,
    title: scenario.title,
    text: scenario.description,
    details: <StageList scenario={scenario} />,
  }));
  const own = { value: CUSTOM, title: t("setup.custom"), text: t("setup.customText") };
  return (
    <Stack gap="md">
      <ChoiceCards
        label={t("setup.length")}
        value={planId}
        onChange={(id) => form.setFieldValue("planId", id)}
        choices={basis ? [...offered, own] : offered}
      />
      {planId === CUSTOM && basis && <CustomPlan form={form} basis={basis} />}
    </Stack>
  );
}
