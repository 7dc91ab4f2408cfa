import { Select, Stack, Text } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { FoldedSection } from "./folded-section";
import type { SetupValues } from "./setup-values";

type Props = { form: UseFormReturnType<SetupValues> };

const LEVELS = ["fitting", "easy", "medium", "hard"] as const;
const LIMITS_MIN = [10, 15, 20, 30, 45, 60, 90];

/** How hard the questions are, and how long everything may take. */
export function PaceFields({ form }: Props) {
  const { t } = useTranslation();
  const { difficulty, timeLimit } = form.values;
  const level = t(`questionSet.difficulties.${difficulty}`);
  const limit =
    timeLimit === "fitting" ? t("setup.limitFitting") : t("setup.minutes", { count: Number(timeLimit) });
  return (
    <FoldedSection title={t("setup.pace")} chosen={`${level} · ${limit}`}>
      <Stack gap="md">
        <Select
          size="md"
          label={t("questionSet.difficulty")}
          description={t("questionSet.difficultyHint")}
          data={LEVELS.map((value) => ({ value, label: t(`questionSet.difficulties.${value}`) }))}
          allowDeselect={false}
          comboboxProps={{ shadow: "sm" }}
          {...form.getInputProps("difficulty")}
        />
        <Select
          size="md"
          label={t("setup.timeLimit")}
          description={t("setup.timeLimitHint")}
          data={[
            { value: "fitting", label: t("setup.limitFitting") },
            ...LIMITS_MIN.map((count) => ({ value: String(count), label: t("setup.minutes", { count }) })),
          ]}
          allowDeselect={false}
          comboboxProps={{ shadow: "sm" }}
          {...form.getInputProps("timeLimit")}
        />
        <Text size="sm" c="dimmed">
          {t("setup.timeLimitText")}
        </Text>
      </Stack>
    </FoldedSection>
  );
}
