import { useTranslation } from "react-i18next";
import type { Measure, SpokenDelivery } from "@/api";
import type { Language } from "@/i18n";
import styles from "./delivery.module.css";

type Props = { spoken: SpokenDelivery; language: Language };

/** The figures of all answers together, each beside the speaker's own, or why there is none. */
export function DeliveryFigures({ spoken, language }: Props) {
  const { t } = useTranslation();
  const { pauses, fillers } = spoken;
  const words = fillers?.words.map(({ text, count }) => `${text} ${count}`).join(", ") ?? "";
  return (
    <dl className={styles.figures}>
      <Figure
        name={t("delivery.rate")}
        measure={spoken.rate}
        say={(value) => t(`delivery.rateUnit.${language}`, { value: Math.round(value) })}
      />
      <div>
        <dt>{t("delivery.pauses")}</dt>
        <dd>
          {pauses
            ? t("delivery.pausesText", {
                count: pauses.long_count,
                longest: (pauses.longest_ms / 1000).toFixed(1),
              })
            : t("delivery.noData")}
        </dd>
      </div>
      <div>
        <dt>{t("delivery.fillers")}</dt>
        <dd>
          {!fillers && t("delivery.noData")}
          {fillers?.count === 0 && t("delivery.fillersNone")}
          {fillers !== null &&
            fillers.count > 0 &&
            t("delivery.fillersText", {
              count: fillers.count,
              per100: fillers.per_100_words.toFixed(1),
              words,
            })}
          {fillers && <small>{t("delivery.fillersNote")}</small>}
        </dd>
      </div>
      <Figure
        name={t("delivery.pitch")}
        measure={spoken.pitch_range}
        say={(value) => t("delivery.pitchUnit", { value: value.toFixed(1) })}
      />
      <Figure
        name={t("delivery.loudness")}
        measure={spoken.loudness_range}
        say={(value) => t("delivery.loudnessUnit", { value: value.toFixed(1) })}
      />
    </dl>
  );
}

type FigureProps = { name: string; measure: Measure; say: (value: number) => string };

function Figure({ name, measure, say }: FigureProps) {
  const { t } = useTranslation();
  const { value, comparison, reason } = measure;
  return (
    <div>
      <dt>{name}</dt>
      <dd className="figures">
        {value === null ? t("delivery.noData") : say(value)}
        {comparison && <small>{t(`delivery.comparison.${comparison}`)}</small>}
        {reason && <small>{t(`delivery.unmeasured.${reason}`)}</small>}
      </dd>
    </div>
  );
}
