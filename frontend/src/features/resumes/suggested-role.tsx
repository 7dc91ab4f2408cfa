import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { resumeQuery } from "./resume-queries";

type Props = { resumeId: string; role: string; onTake: (role: string) => void };

/** Offers the role that the résumé itself names, unless it is the one already. */
export function SuggestedRole({ resumeId, role, onTake }: Props) {
  const { t } = useTranslation();
  const { data: resume } = useQuery(resumeQuery(resumeId));
  const suggested = resume?.profile?.target_role;
  if (!suggested || suggested === role) return null;
  return (
    <div>
      <Button size="compact-sm" variant="light" onClick={() => onTake(suggested)}>
        {t("room.sourceQuote")}: {suggested}
      </Button>
    </div>
  );
}
