import { ActionIcon, Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { deleteInterview, type Interview } from "@/api";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Section } from "@/components/section";
import { StatusBadge, type StatusTone } from "@/components/status-badge";
import { currentLanguage } from "@/i18n";
import { errorText } from "@/i18n/error-text";
import { unwrap } from "@/lib/api-error";
import { formatDate } from "@/lib/format";
import styles from "./home.module.css";
import { INTERVIEWS } from "./interview-queries";

type Props = { interviews: readonly Interview[]; onMore?: () => void };

const TONES: Record<Interview["report_status"], StatusTone> = {
  none: "done",
  pending: "waiting",
  running: "running",
  ready: "done",
  failed: "failed",
};

export function InterviewList({ interviews, onMore }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [doomed, setDoomed] = useState<Interview | null>(null);
  const remove = useMutation({
    mutationFn: (id: string) => unwrap(deleteInterview({ path: { interview_id: id } })),
    onSuccess: () => notifications.show({ message: t("home.deleted") }),
    onError: (error) => notifications.show({ color: "red", message: errorText(error) }),
    onSettled: () => {
      setDoomed(null);
      void queryClient.invalidateQueries({ queryKey: INTERVIEWS });
    },
  });

  return (
    <Section title={t("home.interviews")}>
      {interviews.length === 0 ? (
        <div className={styles.empty}>{t("home.noInterviews")}</div>
      ) : (
        <ul className={styles.rows}>
          {interviews.map((interview) => (
            <li key={interview.id} className={styles.row}>
              <Link to={addressOf(interview)} className={styles.rowLink}>
                <div className={styles.rowTitle}>
                  {[interview.target_role, interview.company].filter(Boolean).join(" · ")}
                </div>
                <div className={styles.rowMeta}>
                  {[
                    formatDate(interview.created_at, currentLanguage()),
                    interview.scenario_title,
                    t(`setup.${interview.purpose}`),
                    t("home.answered", {
                      answered: interview.answered_count,
                      total: interview.question_count,
                    }),
                  ].join(" · ")}
                </div>
              </Link>
              <InterviewBadge interview={interview} />
              <Menu position="bottom-end" shadow="sm">
                <Menu.Target>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`${t("home.deleteInterview")}: ${interview.target_role}`}
                  >
                    <IconDots size={18} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => setDoomed(interview)}>
                    {t("home.deleteInterview")}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </li>
          ))}
        </ul>
      )}
      {onMore && (
        <div>
          <Button variant="subtle" onClick={onMore}>
            {t("home.more")}
          </Button>
        </div>
      )}
      <ConfirmDialog
        isOpen={doomed !== null}
        title={t("home.deleteInterviewTitle")}
        text={t("home.deleteInterviewText")}
        confirmLabel={t("common.delete")}
        isDangerous
        isPending={remove.isPending}
        onConfirm={() => doomed && remove.mutate(doomed.id)}
        onClose={() => setDoomed(null)}
      />
    </Section>
  );
}

function InterviewBadge({ interview }: { interview: Interview }) {
  const { t } = useTranslation();
  if (interview.status === "in_progress") {
    return <StatusBadge tone="running" label={t("home.status.in_progress")} />;
  }
  return (
    <StatusBadge tone={TONES[interview.report_status]} label={t(`home.status.${interview.report_status}`)} />
  );
}

function addressOf(interview: Interview): string {
  return interview.status === "in_progress"
    ? `/interviews/${interview.id}`
    : `/interviews/${interview.id}/report`;
}
