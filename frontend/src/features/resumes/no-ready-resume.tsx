import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Resume } from "@/api";
import { NoticeAlert } from "@/components/notice-alert";
import { useLiveResume } from "./use-live-resume";

/** Stands for a form that needs a résumé, as long as none is ready. */
export function NoReadyResume({ waiting }: { waiting: Resume | undefined }) {
  const { t } = useTranslation();
  if (waiting) return <WaitingResume resume={waiting} />;
  return (
    <NoticeAlert needsYou text={t("setup.noReadyResume")}>
      <Button component={Link} to="/resumes/new">
        {t("home.addResume")}
      </Button>
    </NoticeAlert>
  );
}

function WaitingResume({ resume }: { resume: Resume }) {
  const { t } = useTranslation();
  // Following it turns this notice into the form the moment the résumé is ready.
  useLiveResume(resume.id);
  return (
    <NoticeAlert text={t("setup.waitingResume")}>
      <Button component={Link} to={`/resumes/${resume.id}`} variant="default">
        {t("home.next.wait.action")}
      </Button>
    </NoticeAlert>
  );
}
