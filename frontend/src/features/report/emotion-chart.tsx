import "@mantine/core/styles/ColorSwatch.css";
import "@mantine/charts/styles.css";
import { AreaChart } from "@mantine/charts";
import { useTranslation } from "react-i18next";
import type { EmotionPoint } from "@/api";
import styles from "./delivery.module.css";

const NAMES = ["neutral", "happy", "surprise", "sad", "fear", "angry", "disgust"] as const;
const COLORS = ["gray.5", "teal.6", "yellow.6", "blue.6", "violet.6", "red.6", "orange.6"];

/** Shares of named expressions in steps of ten seconds; the table under it says the same. */
export default function EmotionChart({ points }: { points: readonly EmotionPoint[] }) {
  const { t } = useTranslation();
  const rows = points.map((point, index) => ({
    time: `${Math.floor(index / 6)}:${String((index % 6) * 10).padStart(2, "0")}`,
    ...Object.fromEntries(NAMES.map((name) => [name, Math.round(100 * (point.shares[name] ?? 0))])),
  }));
  return (
    <>
      <div role="img" aria-label={t("delivery.emotionChart")}>
        <AreaChart
          h={220}
          data={rows}
          dataKey="time"
          type="percent"
          series={NAMES.map((name, index) => ({
            name,
            label: t(`delivery.emotionNames.${name}`),
            color: COLORS[index] ?? "gray.5",
          }))}
          curveType="linear"
          tickLine="none"
          withDots={false}
          withLegend
          areaProps={{ isAnimationActive: false }}
          areaChartProps={{ accessibilityLayer: false }}
        />
      </div>
      <details>
        <summary>{t("delivery.emotionTable")}</summary>
        <table className={styles.table}>
          <caption className={styles.hidden}>{t("delivery.emotionTable")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("delivery.time")}</th>
              {NAMES.map((name) => (
                <th scope="col" key={name}>
                  {t(`delivery.emotionNames.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="figures">
            {points.map((point, index) => (
              <tr key={`${point.epoch}:${point.start_ms}`}>
                <th scope="row">{rows[index]?.time}</th>
                {NAMES.map((name) => (
                  <td key={name}>{Math.round(100 * (point.shares[name] ?? 0))}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
