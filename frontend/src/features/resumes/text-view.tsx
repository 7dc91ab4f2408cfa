import { useQuery } from "@tanstack/react-query";
import { Fragment, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { ResumePassage } from "@/api";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { cutAtWords, type Part } from "./find-words";
import styles from "./original-view.module.css";
import { passagesQuery } from "./resume-queries";
import type { Selection } from "./source-context";
import { useReveal } from "./use-reveal";

type Props = {
  resumeId: string;
  version: string;
  selection: Selection | null;
  frame: RefObject<HTMLDivElement | null>;
};

/** What stands in the text instead of personal data. */
const MASKS: Record<string, string> = { "/email": "[e-mail]", "/phone": "[phone]" };
const SECTIONS = [
  "contact",
  "summary",
  "experience",
  "projects",
  "skills",
  "education",
  "certifications",
  "activities",
  "cover_letter",
  "qualifications",
  "target_role",
] as const;

/** The text of a file that has no pages to look at, with the selected words marked. */
export function TextView({ resumeId, version, selection, frame }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(passagesQuery(resumeId, version));
  useReveal(frame, selection?.turn, data !== undefined);
  if (error) return <LoadError error={error} onRetry={refetch} />;
  if (!data) return <PageSkeleton />;
  const cut = mark(data.items, selection);
  return (
    <div className={styles.text}>
      <p className={styles.sectionTitle}>{t("resume.textMasked")}</p>
      {data.items.map((passage, index) => {
        const title = SECTIONS.find((section) => section === passage.section);
        const isFirst = data.items[index - 1]?.section !== passage.section;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: passages are told apart by their order alone
          <div key={index}>
            {isFirst && title && <p className={styles.sectionTitle}>{t(`resume.sections.${title}`)}</p>}
            <p className="kept-lines prose">
              {cut[index]?.map((part, number) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: parts are told apart by their order alone
                <Fragment key={number}>
                  {part.isMarked ? <mark data-marked>{part.text}</mark> : part.text}
                </Fragment>
              ))}
            </p>
          </div>
        );
      })}
    </div>
  );
}

function mark(passages: ResumePassage[], selection: Selection | null): Part[][] {
  const cut = passages.map(({ text }): Part[] => [{ text, isMarked: false }]);
  const words = selection?.sources.map((source) => source.text) ?? [];
  const mask = selection && MASKS[selection.pointer];
  for (const wanted of mask ? [...words, mask] : words) {
    const place = cut.findIndex((parts) =>
      parts.some((part) => !part.isMarked && cutAtWords(part.text, wanted)),
    );
    const parts = cut[place];
    if (parts)
      cut[place] = parts.flatMap((part) =>
        part.isMarked ? [part] : (cutAtWords(part.text, wanted) ?? [part]),
      );
  }
  return cut;
}
