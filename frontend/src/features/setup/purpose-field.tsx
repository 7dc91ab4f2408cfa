import { useTranslation } from "react-i18next";
import type { Purpose } from "@/api";
import { ChoiceCards } from "./choice-cards";

type Props = { value: Purpose; onChange: (purpose: Purpose) => void };

export function PurposeField({ value, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <ChoiceCards<Purpose>
      label={t("setup.purpose")}
      value={value}
      onChange={onChange}
      choices={[
        { value: "practice", title: t("setup.practice"), text: t("setup.practiceText") },
        { value: "assessment", title: t("setup.assessment"), text: t("setup.assessmentText") },
      ]}
    />
  );
}
