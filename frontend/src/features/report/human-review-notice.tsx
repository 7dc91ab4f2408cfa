import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api";
import { NoticeAlert } from "@/components/notice-alert";
import { REVIEW_ANCHOR } from "./human-review-section";

/** Says at the top that a person was asked, or has answered. */
export function HumanReviewNotice({ report }: { report: Report }) {
  const { t } = useTranslation();
  const newest = report.reviews[0];
  if (!newest || newest.state === "withdrawn") return null;
  return (
    <NoticeAlert text={t(`review.notice.${newest.state}`)}>
      <Anchor href={`#${REVIEW_ANCHOR}`} size="sm">
        {t("review.toReview")}
      </Anchor>
    </NoticeAlert>
  );
}
