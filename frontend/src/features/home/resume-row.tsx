import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Resume } from "@/api";
import { ThinBar } from "@/components/thin-bar";
import { progressText } from "@/features/resumes/progress-text";
import { ResumeStatusBadge } from "@/features/resumes/resume-status-badge";
import { isInWork, useLiveResume } from "@/features/resumes/use-live-resume";
import { currentLanguage } from "@/i18n";
import { formatDate } from "@/lib/format";
import styles from "./home.module.css";

export function ResumeRow({ resume }: { resume: Resume }) {
  return <li>{isInWork(resume) ? <LiveRow listed={resume} /> : <Row resume={resume} />}</li>;
}

/** Follows the résumé only while something happens to it: a settled one needs no stream. */
function LiveRow({ listed }: { listed: Resume }) {
  const { data } = useLiveResume(listed.id);
  return <Row resume={data ?? listed} />;
}

function Row({ resume }: { resume: Resume }) {
  const { t } = useTranslation();
  return (
    <div className={styles.row}>
      <Link to={`/resumes/${resume.id}`} className={styles.rowLink}>
        <div className={styles.rowTitle}>{resume.filename}</div>
        <div className={styles.rowMeta}>{metaOf(resume, t)}</div>
        {isInWork(resume) && (
          <div style={{ marginTop: 8 }}>
            <ThinBar percent={resume.percent} label={progressText(resume, t)} />
          </div>
        )}
      </Link>
      <ResumeStatusBadge status={resume.status} />
    </div>
  );
}

function metaOf(resume: Resume, t: TFunction): string {
  if (isInWork(resume)) return progressText(resume, t);
  if (resume.status === "failed") return t(`resume.failure.${resume.error?.code ?? "internal"}.what`);
  return formatDate(resume.created_at, currentLanguage());
}
