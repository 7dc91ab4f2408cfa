import { Checkbox, Fieldset, Stack, Text } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import type { SetupValues } from "./setup-values";

type Props = { form: UseFormReturnType<SetupValues>; offersEmotion: boolean };

/** Each consent is asked for itself, says what it is for, and starts as "no". */
export function ConsentFields({ form, offersEmotion }: Props) {
  const { t } = useTranslation();
  const descriptionStyle = {
    description: { fontSize: 14, color: "var(--mantine-color-dimmed)", marginTop: 4 },
  };
  return (
    <Fieldset
      legend={t("setup.consents")}
      variant="unstyled"
      styles={{ legend: { fontWeight: 600, fontSize: 16, padding: 0 } }}
    >
      <Text c="dimmed" size="sm" mt={2} mb="md">
        {t("setup.consentsLead")}
      </Text>
      <Stack gap="md">
        <Checkbox
          size="md"
          label={t("setup.scoring")}
          description={t("setup.scoringText")}
          styles={descriptionStyle}
          {...form.getInputProps("agreesToScoring", { type: "checkbox" })}
        />
        {offersEmotion && (
          <Checkbox
            size="md"
            label={t("setup.emotion")}
            description={t("setup.emotionText")}
            styles={descriptionStyle}
            {...form.getInputProps("agreesToEmotion", { type: "checkbox" })}
          />
        )}
      </Stack>
    </Fieldset>
  );
}
