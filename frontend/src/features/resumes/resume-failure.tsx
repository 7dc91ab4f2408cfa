import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ResumeError } from "@/api";
import { ErrorAlert } from "@/components/error-alert";

type Props = { code: ResumeError["code"]; isBusy: boolean; onReprocess: () => void };

/** For these the same file may well work another time; the others need another file. */
const WORTH_ANOTHER_TRY: readonly ResumeError["code"][] = [
  "parse_timeout",
  "expired",
  "ocr_missing",
  "engine_unavailable",
  "internal",
];

export function ResumeFailure({ code, isBusy, onReprocess }: Props) {
  const { t } = useTranslation();
  const isWorthAnotherTry = WORTH_ANOTHER_TRY.includes(code);
  return (
    <ErrorAlert
      title={t("resume.failedTitle")}
      text={`${t(`resume.failure.${code}.what`)} ${t(`resume.failure.${code}.next`)}`}
    >
      {isWorthAnotherTry && (
        <Button size="compact-md" loading={isBusy} onClick={onReprocess}>
          {t("resume.reprocess")}
        </Button>
      )}
      <Button
        component={Link}
        to="/resumes/new"
        size="compact-md"
        variant={isWorthAnotherTry ? "default" : "filled"}
      >
        {t("resume.uploadAnother")}
      </Button>
    </ErrorAlert>
  );
}
