import { Checkbox, Select, Stack, Text } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { descriptionStyle } from "./description-style";
import { FoldedSection } from "./folded-section";
import { countNeeds, type SetupValues } from "./setup-values";

type Props = { form: UseFormReturnType<SetupValues> };

const FACTORS = ["1", "1.25", "1.5", "2", "3"] as const;
const CHOICES = ["longerPauses", "textOnly", "captions", "noCamera", "breaks"] as const;

/** What somebody needs to be on equal terms. Nobody who judges gets to know. */
export function NeedsFields({ form }: Props) {
  const { t } = useTranslation();
  const count = countNeeds(form.values.needs);
  return (
    <FoldedSection
      title={t("setup.needs")}
      chosen={count > 0 ? t("setup.needsChosen", { count }) : t("setup.needsNone")}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t("setup.needsLead")}
        </Text>
        <Select
          size="md"
          label={t("setup.extraTime")}
          data={FACTORS.map((value) => ({
            value,
            label: value === "1" ? t("setup.extraTimeNone") : t("setup.extraTimeFactor", { factor: value }),
          }))}
          allowDeselect={false}
          comboboxProps={{ shadow: "sm" }}
          {...form.getInputProps("needs.extraTime")}
        />
        {CHOICES.map((choice) => (
          <Checkbox
            key={choice}
            size="md"
            label={t(`setup.need.${choice}`)}
            description={t(`setup.needText.${choice}`)}
            styles={descriptionStyle}
            {...form.getInputProps(`needs.${choice}`, { type: "checkbox" })}
          />
        ))}
      </Stack>
    </FoldedSection>
  );
}
