import { useTranslation } from "react-i18next";
import { ErrorAlert } from "@/components/error-alert";

export function CorrectionError({ error }: { error: Error | null }) {
  const { t } = useTranslation();
  return error && <ErrorAlert title={t("resume.notSaved")} error={error} />;
}
