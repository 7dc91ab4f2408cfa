import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "@/components/confirm-dialog";

type Props = { isSkipping: boolean; isDisabled: boolean; onSkip: () => void };

/** Leave a question unanswered, once it has been asked whether that is meant. */
export function SkipButton({ isSkipping, isDisabled, onSkip }: Props) {
  const { t } = useTranslation();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        loading={isSkipping}
        disabled={isDisabled}
        onClick={() => setIsAsking(true)}
      >
        {t("room.skip")}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={t("room.skipTitle")}
        text={t("room.skipText")}
        confirmLabel={t("room.skip")}
        onConfirm={() => {
          setIsAsking(false);
          onSkip();
        }}
        onClose={() => setIsAsking(false)}
      />
    </>
  );
}
