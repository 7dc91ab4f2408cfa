import { Badge, Group, Text, VisuallyHidden } from "@mantine/core";
import { IconSparkles, IconStack2 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Question } from "@/api";
import type { Language } from "@/i18n";
import { providerText } from "./provider-text";
import styles from "./question.module.css";
import { WhyThis } from "./why-this";

type Props = { question: Question; language: Language };

export function QuestionView({ question, language }: Props) {
  const { t } = useTranslation();
  const Source = question.answered_by.is_fallback ? IconStack2 : IconSparkles;
  return (
    <section aria-label={t("room.questionLabel")}>
      <Group gap={8} mb={14}>
        {question.type && (
          <Badge variant="light" size="lg" radius="sm" tt="none" fw={550}>
            {t(`room.type.${question.type}`)}
          </Badge>
        )}
        <Badge variant="light" color="gray" size="lg" radius="sm" tt="none" fw={550}>
          {question.stage_title}
        </Badge>
        {question.is_follow_up && (
          <Badge variant="light" color="gray" size="lg" radius="sm" tt="none" fw={550}>
            {t("room.followUp")}
          </Badge>
        )}
      </Group>
      <h1 className={styles.text} lang={language}>
        {question.text}
      </h1>
      <VisuallyHidden role="status">{question.text}</VisuallyHidden>
      <Group gap="md" mt={18} align="flex-start">
        <WhyThis question={question} language={language} />
        <Text size="sm" c="dimmed" className={styles.source}>
          <Source size={16} stroke={1.75} aria-hidden />
          {providerText(question.answered_by, t)}
        </Text>
      </Group>
    </section>
  );
}
