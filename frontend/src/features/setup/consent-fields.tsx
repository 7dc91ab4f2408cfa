import { Checkbox, Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { Section } from "@/components/section";
import { descriptionStyle } from "./description-style";
import type { SetupValues } from "./setup-values";

export type ConsentName = "scoring" | "transcription" | "recording" | "emotion";

type Props = { form: UseFormReturnType<SetupValues>; offered: readonly ConsentName[] };

/** Each consent is asked for itself, says what it is for, and starts as "no". */
export function ConsentFields({ form, offered }: Props) {
  const { t } = useTranslation();
  return (
    <Section title={t("setup.consents")} lead={t("setup.consentsLead")}>
      <Stack gap="md">
        {offered.map((name) => (
          <Checkbox
            key={name}
            size="md"
            label={t(`setup.${name}`)}
            description={t(`setup.${name}Text`)}
            styles={descriptionStyle}
            {...form.getInputProps(`consents.${name}`, { type: "checkbox" })}
          />
        ))}
      </Stack>
    </Section>
  );
}
