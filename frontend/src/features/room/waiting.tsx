import { Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconSparkles } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail } from "@/api";
import { useElapsedSeconds } from "@/lib/use-elapsed";
import styles from "./question.module.css";

type Props = {
  interview: InterviewDetail;
  streamedText: string;
  onReload: () => Promise<void>;
  onFinish: () => void;
};

const EXPLAIN_S = 10;
const CHOOSE_S = 30;

/** Between an answer and the next question: being prepared, being written, or not coming. */
export function Waiting({ interview, streamedText, onReload, onFinish }: Props) {
  const { t } = useTranslation();
  const [patience, setPatience] = useState(0);
  const isWriting = streamedText !== "";
  // Each piece of text starts the waiting anew, so that a question that stands still is noticed too.
  const awaited = `${interview.pending_question?.position}:${patience}:${streamedText.length}`;
  const elapsed = useElapsedSeconds(true, awaited);

  if (interview.pending_question?.state === "failed") {
    return (
      <Stack gap="sm" role="alert" py="xl">
        <Title order={1} size="h3">
          {t("room.failedTitle")}
        </Title>
        <Text c="dimmed">{t("room.failedText")}</Text>
        <Group gap="sm" mt="xs">
          <Button onClick={onReload}>{t("common.reload")}</Button>
          <Button variant="default" onClick={onFinish}>
            {t("room.finish")}
          </Button>
        </Group>
      </Stack>
    );
  }
  const delay = (
    <>
      {elapsed >= EXPLAIN_S && (
        <Text c="dimmed" className="prose">
          {elapsed >= CHOOSE_S ? t("room.preparingTooLong") : t("room.preparingLong")}
        </Text>
      )}
      {elapsed >= CHOOSE_S && (
        <Group gap="sm" mt="xs">
          <Button variant="default" onClick={() => setPatience(patience + 1)}>
            {t("room.wait")}
          </Button>
          <Button variant="default" onClick={onReload}>
            {t("common.reload")}
          </Button>
          <Button variant="default" onClick={onFinish}>
            {t("room.finish")}
          </Button>
        </Group>
      )}
    </>
  );
  if (isWriting) {
    return (
      <section aria-label={t("room.questionLabel")} aria-busy="true">
        <Group mb={14} role="status">
          <Badge
            variant="light"
            color="gray"
            size="lg"
            radius="sm"
            tt="none"
            fw={550}
            leftSection={<IconSparkles size={14} aria-hidden />}
          >
            {t("room.provider.streaming")}
          </Badge>
        </Group>
        <h1 className={styles.text} lang={interview.language}>
          {streamedText}
        </h1>
        <Stack gap="sm" mt="md" role="status">
          {delay}
        </Stack>
      </section>
    );
  }
  const isFirst = interview.turns.length === 0;
  return (
    <Stack gap="sm" role="status" py="xl">
      <Title order={1} size="h3">
        {isFirst ? t("room.preparingFirst") : t("room.preparing")}
      </Title>
      {delay}
    </Stack>
  );
}
