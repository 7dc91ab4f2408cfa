import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { useWithdrawReview } from "./human-review-actions";

export function WithdrawReview({ interviewId, reviewId }: { interviewId: string; reviewId: string }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const withdraw = useWithdrawReview(interviewId);
  return (
    <div>
      <Button
        variant="default"
        size="compact-md"
        loading={withdraw.isPending}
        onClick={() => setAsking(true)}
      >
        {t("review.withdraw")}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={t("review.withdrawTitle")}
        text={t("review.withdrawText")}
        confirmLabel={t("review.withdraw")}
        onConfirm={() => {
          setAsking(false);
          withdraw.mutate(reviewId);
        }}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}
