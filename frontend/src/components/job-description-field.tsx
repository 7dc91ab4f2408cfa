import { useTranslation } from "react-i18next";
import { GrowingTextarea } from "./growing-textarea";

type Props = Omit<React.ComponentProps<typeof GrowingTextarea>, "minRows" | "maxRows">;

/** The text of the advertised job, which may be left out. */
export function JobDescriptionField(field: Props) {
  const { t } = useTranslation();
  return (
    <GrowingTextarea
      size="md"
      label={`${t("writing.jobDescription")} (${t("common.optional")})`}
      description={t("writing.jobDescriptionHint")}
      minRows={2}
      maxRows={10}
      maxLength={8000}
      {...field}
    />
  );
}
