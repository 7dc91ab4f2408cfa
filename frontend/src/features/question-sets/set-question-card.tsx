import { Badge, Group, Text } from "@mantine/core";
import { IconSparkles, IconStack2 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { SetQuestion } from "@/api";
import { Card } from "@/components/card";
import { providerText } from "@/features/room/provider-text";
import { WhyThis } from "@/features/room/why-this";
import type { Language } from "@/i18n";
import styles from "./question-set.module.css";

type Props = { question: SetQuestion; language: Language };

export function SetQuestionCard({ question, language }: Props) {
  const { t } = useTranslation();
  const Source = question.answered_by.is_fallback ? IconStack2 : IconSparkles;
  return (
    <Card>
      <Group gap={8}>
        <span className={styles.number}>
          {t("questionSet.questionNumber", { position: question.position })}
        </span>
        {question.type && (
          <Badge variant="light" size="lg" radius="sm" tt="none" fw={550}>
            {t(`room.type.${question.type}`)}
          </Badge>
        )}
        {question.difficulty && (
          <Badge variant="light" color="gray" size="lg" radius="sm" tt="none" fw={550}>
            {t(`questionSet.levels.${question.difficulty}`)}
          </Badge>
        )}
      </Group>
      <h2 className={styles.text} lang={language}>
        {question.text}
      </h2>
      <Text size="sm" c="dimmed">
        {t("questionSet.topic", { topic: question.topic })}
      </Text>
      {question.covers.length > 0 && (
        <>
          <h3 className={styles.coversTitle}>{t("questionSet.covers")}</h3>
          <ul className={styles.covers} lang={language}>
            {question.covers.map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        </>
      )}
      <Group gap="md" align="flex-start">
        <WhyThis question={question} language={language} />
        <Text size="sm" c="dimmed" className={styles.source}>
          <Source size={16} stroke={1.75} aria-hidden />
          {providerText(question.answered_by, t)}
        </Text>
      </Group>
    </Card>
  );
}
