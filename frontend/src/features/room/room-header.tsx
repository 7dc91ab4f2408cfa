import { Button, Group, Text } from "@mantine/core";
import { IconPlayerPause } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail, Question } from "@/api";
import styles from "./room-header.module.css";
import { TimeLeft } from "./time-left";
import { topicProgress } from "./topic-progress";

type Props = {
  interview: InterviewDetail;
  question: Question | null;
  isPausing: boolean;
  onPause: () => void;
  onFinish: () => void;
};

/** Where we are in the interview, how much time is left, and the ways out of it. */
export function RoomHeader({ interview, question, isPausing, onPause, onFinish }: Props) {
  const { t } = useTranslation();
  const isOver = interview.status === "finished";
  const { position, total, title } = topicProgress(interview, question);
  const dropped = interview.topics.filter((topic) => topic.state === "dropped").length;
  const added = interview.topics.flatMap((topic) => (topic.added_for === null ? [] : [topic.title]));
  return (
    <header className={styles.header}>
      <Group justify="space-between" align="flex-start" gap="sm" mb={10}>
        <div>
          <Text size="sm" c="dimmed">
            {[interview.target_role, interview.company, t(`setup.${interview.purpose}`)]
              .filter(Boolean)
              .join(" · ")}
          </Text>
          {!isOver && (
            <Text fw={600} className="figures" lang={interview.language}>
              {[`${position} / ${total}`, title].filter(Boolean).join(" · ")}
            </Text>
          )}
        </div>
        {!isOver && (
          <Group gap="xs">
            {!interview.clock.is_paused && (
              <Button
                variant="default"
                size="compact-md"
                leftSection={<IconPlayerPause size={16} stroke={1.75} />}
                loading={isPausing}
                onClick={onPause}
              >
                {t("room.pause")}
              </Button>
            )}
            <Button variant="default" size="compact-md" onClick={onFinish}>
              {t("room.finish")}
            </Button>
          </Group>
        )}
      </Group>
      {!isOver && <TimeLeft interview={interview} />}
      {!isOver && added.length > 0 && (
        <Text size="sm" c="dimmed" mt={4}>
          {t("room.added", { words: added.join(" · ") })}
        </Text>
      )}
      {!isOver && dropped > 0 && (
        <Text size="sm" c="dimmed" mt={4}>
          {t("room.dropped", { count: dropped })}
        </Text>
      )}
    </header>
  );
}
