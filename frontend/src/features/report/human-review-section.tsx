import { useTranslation } from "react-i18next";
import type { Report } from "@/api";
import { Section } from "@/components/section";
import styles from "./explanation.module.css";
import { HumanReviewCard } from "./human-review-card";
import { HumanReviewForm } from "./human-review-form";

export const REVIEW_ANCHOR = "human-review";

/** Where a candidate asks for a person to look at the report, and reads what became of that. */
export function HumanReviewSection({ report }: { report: Report }) {
  const { t } = useTranslation();
  const isOpen = report.reviews.some(({ state }) => state === "requested");
  return (
    <div id={REVIEW_ANCHOR}>
      <Section title={t("review.title")} lead={t("review.lead")}>
        {report.reviews.length > 0 && (
          <ul className={styles.reviews}>
            {report.reviews.map((review) => (
              <li key={review.id}>
                <HumanReviewCard review={review} interviewId={report.interview_id} />
              </li>
            ))}
          </ul>
        )}
        {!isOpen && <HumanReviewForm interviewId={report.interview_id} isAgain={report.reviews.length > 0} />}
      </Section>
    </div>
  );
}
