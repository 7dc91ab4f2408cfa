import { Badge, Checkbox, Text } from "@mantine/core";
import { IconSparkles, IconTarget, IconTrendingUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { LearningItem } from "@/api";
import { Card } from "@/components/card";
import type { Language } from "@/i18n";
import styles from "./learning.module.css";
import { ResourceLink } from "./resource-link";

type Props = {
  item: LearningItem;
  language: Language;
  isDone: boolean;
  onMark: (isDone: boolean) => void;
};

const LOOKS = {
  strength: { color: "tide", Icon: IconTrendingUp },
  weakness: { color: "gray", Icon: IconTarget },
} as const;

export function LearningItemCard({ item, language, isDone, onMark }: Props) {
  const { t } = useTranslation();
  const { color, Icon } = LOOKS[item.type];
  return (
    <Card>
      <div className={styles.head}>
        <Badge
          variant="light"
          color={color}
          size="lg"
          radius="sm"
          tt="none"
          fw={550}
          leftSection={<Icon size={14} aria-hidden />}
        >
          {t(`learning.type.${item.type}`)}
        </Badge>
        <Checkbox
          label={t("learning.done")}
          aria-label={`${t("learning.done")}: ${item.title}`}
          checked={isDone}
          onChange={(event) => onMark(event.currentTarget.checked)}
        />
      </div>
      <h3 className={styles.title} lang={language}>
        {item.title}
      </h3>
      <Text lang={language} className="prose">
        {item.description}
      </Text>
      <h4 className={styles.partTitle}>{t("learning.reason")}</h4>
      <Text lang={language} className="prose">
        {item.reason}
      </Text>
      <blockquote className={styles.quote}>
        <strong>{t(`learning.source.${item.evidence.source}`)}</strong> “{item.evidence.quote}”
      </blockquote>
      <h4 className={styles.partTitle}>{t("learning.links")}</h4>
      <ul className={styles.links}>
        {[item.link, ...item.resources].map((resource) => (
          <li key={resource.id}>
            <ResourceLink resource={resource} />
          </li>
        ))}
      </ul>
      {item.is_by_model && (
        <span className={styles.byModel}>
          <IconSparkles size={16} stroke={1.75} aria-hidden />
          {t("learning.itemByModel")}
        </span>
      )}
    </Card>
  );
}
