import { useTranslation } from "react-i18next";
import type { HiddenKind, ResumeDetail } from "@/api";
import { NoticeAlert } from "@/components/notice-alert";
import styles from "./profile-view.module.css";

/** What the candidate should know about the document before an interview uses it. */
export function ResumeNotices({ resume }: { resume: ResumeDetail }) {
  const { t } = useTranslation();
  const hidden = Object.entries(resume.hidden_text) as [HiddenKind, number][];
  const instructions = resume.profile?.instructions_found ?? 0;
  return (
    <>
      {resume.profile?.is_resume === false && (
        <NoticeAlert needsYou title={t("resume.notResumeTitle")} text={t("resume.notResumeText")} />
      )}
      {resume.hidden_text_spans > 0 && (
        <NoticeAlert
          needsYou
          title={t("resume.hiddenTitle")}
          text={t("resume.hiddenText", { count: resume.hidden_text_spans })}
        >
          {hidden.length > 0 && (
            <ul className={styles.kinds}>
              {hidden.map(([kind, count]) => (
                <li key={kind}>{t(`resume.hidden.${kind}`, { count })}</li>
              ))}
            </ul>
          )}
        </NoticeAlert>
      )}
      {instructions > 0 && (
        <NoticeAlert
          needsYou
          title={t("resume.instructionsTitle")}
          text={t("resume.instructionsText", { count: instructions })}
        />
      )}
    </>
  );
}
