import { SegmentedControl, type SegmentedControlProps, Text } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGE_NAMES, LANGUAGES } from "@/i18n";

/** Chooses the language in which something is written. */
export function LanguageField(control: Omit<SegmentedControlProps, "data">) {
  const { t } = useTranslation();
  const labelId = useId();
  return (
    <div>
      <Text fw={600} id={labelId} mb={8}>
        {t("writing.language")}
      </Text>
      <SegmentedControl
        size="md"
        aria-labelledby={labelId}
        data={LANGUAGES.map((language) => ({ value: language, label: LANGUAGE_NAMES[language] }))}
        {...control}
      />
    </div>
  );
}
