import { useTranslation } from "react-i18next";
import type { HiddenKind, Profile, ResumeDetail } from "@/api";
import { NoticeAlert } from "@/components/notice-alert";
import styles from "./profile-view.module.css";

const LONGEST_QUOTE = 160;
const BULLET = /^[\s•·*-]+/;

/** What the candidate should know about the document before an interview uses it. */
export function ResumeNotices({ resume }: { resume: ResumeDetail }) {
  const { t } = useTranslation();
  const hidden = Object.entries(resume.hidden_text) as [HiddenKind, number][];
  const instructions = resume.profile?.instructions_found ?? 0;
  const quotes = resume.profile ? quotedInstructions(resume.profile) : [];
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
        >
          {quotes.length > 0 && (
            <ul className={styles.kinds}>
              {quotes.map((quote) => (
                <li key={quote}>
                  <q>{quote}</q>
                </li>
              ))}
            </ul>
          )}
        </NoticeAlert>
      )}
      {(resume.profile?.scanned_pages?.length ?? 0) > 0 && (
        <NoticeAlert title={t("resume.scannedTitle")} text={t("resume.scannedText")} />
      )}
    </>
  );
}

/** Each passage that was set aside, in the words of the document. */
function quotedInstructions(profile: Profile): string[] {
  const pointers = Object.keys(profile.sources ?? {}).filter((pointer) =>
    pointer.startsWith("/instructions/"),
  );
  const quotes = pointers.map((pointer) => {
    const words = (profile.sources?.[pointer] ?? []).map((source) => source.text).join(" ");
    return words.replace(BULLET, "");
  });
  return [...new Set(quotes)].map((quote) =>
    quote.length > LONGEST_QUOTE ? `${quote.slice(0, LONGEST_QUOTE)}…` : quote,
  );
}
