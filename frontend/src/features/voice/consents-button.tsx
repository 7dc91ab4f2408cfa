import { Button } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail } from "@/api";
import { useLater } from "@/lib/use-later";

const load = () => import("./consents-dialog");

/** What the candidate allows, one by one; changed here at any time. */
export function ConsentsButton({ interview }: { interview: InterviewDetail }) {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const Dialog = useLater(load, isOpen);
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        size="sm"
        leftSection={<IconShieldCheck size={18} stroke={1.75} />}
        onClick={() => setIsOpen(true)}
      >
        {t("voice.consent.open")}
      </Button>
      {Dialog && <Dialog interview={interview} isOpen={isOpen} onClose={() => setIsOpen(false)} />}
    </>
  );
}
