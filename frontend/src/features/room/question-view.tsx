import { Badge, Group, Text, VisuallyHidden } from "@mantine/core";
import { IconCornerDownRight, IconSparkles, IconStack2 } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Question } from "@/api";
import type { Language } from "@/i18n";
import { providerText } from "./provider-text";
import styles from "./question.module.css";
import { WhyThis } from "./why-this";

type Props = { question: Question; language: Language; repeats: number };

const CHIP = { variant: "light", size: "lg", radius: "sm", tt: "none", fw: 550 } as const;

export function QuestionView({ question, language, repeats }: Props) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  const Source = question.answered_by.is_fallback ? IconStack2 : IconSparkles;

  useEffect(() => {
    if (repeats > 0) heading.current?.scrollIntoView({ block: "center" });
  }, [repeats]);

  return (
    <section aria-label={t("room.questionLabel")}>
      <Group gap={8} mb={14}>
        {question.is_follow_up && (
          <Badge {...CHIP} leftSection={<IconCornerDownRight size={14} aria-hidden />}>
            {t("room.followUp")}
          </Badge>
        )}
        {question.type && <Badge {...CHIP}>{t(`room.type.${question.type}`)}</Badge>}
        {question.difficulty && (
          <Badge {...CHIP} color="gray">
            {t("room.level", { level: t(`questionSet.levels.${question.difficulty}`) })}
          </Badge>
        )}
      </Group>
      {question.is_follow_up && (
        <Text c="dimmed" mb={10} lang={language}>
          {question.reason}
        </Text>
      )}
      <h1 className={styles.text} lang={language} ref={heading}>
        {question.text}
      </h1>
      <VisuallyHidden role="status">
        <span key={repeats}>{question.text}</span>
      </VisuallyHidden>
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
