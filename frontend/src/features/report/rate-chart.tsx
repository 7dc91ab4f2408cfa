import "@mantine/core/styles/ColorSwatch.css";
import "@mantine/charts/styles.css";
import { LineChart } from "@mantine/charts";
import { useTranslation } from "react-i18next";
import type { SpokenDelivery } from "@/api";
import styles from "./delivery.module.css";

const LONG_PAUSE_MS = 2_000;

/** Pace over time with long pauses marked; the table under it says the same. */
export default function RateChart({ spoken }: { spoken: SpokenDelivery }) {
  const { t } = useTranslation();
  const begin = spoken.timeline[0]?.start_ms ?? 0;
  const epoch = spoken.timeline[0]?.epoch;
  const points = spoken.timeline.map((point) => ({
    time: clock(point.start_ms - (point.epoch === epoch ? begin : 0)),
    rate: point.rate === null ? null : Math.round(point.rate),
  }));
  const pauses = (spoken.pauses?.items ?? []).filter(
    (pause) => pause.end_ms - pause.start_ms >= LONG_PAUSE_MS && pause.epoch === epoch,
  );
  const lines = pauses.flatMap((pause) => {
    const at = points.findLast((_, index) => (spoken.timeline[index]?.start_ms ?? 0) <= pause.start_ms);
    return at ? [{ x: at.time, label: t("delivery.pauses"), color: "gray" }] : [];
  });
  return (
    <>
      <div role="img" aria-label={t("delivery.timelineChart")}>
        <LineChart
          h={220}
          data={points}
          dataKey="time"
          series={[{ name: "rate", label: t("delivery.rate"), color: "var(--accent)" }]}
          referenceLines={lines}
          yAxisProps={{ width: 44 }}
          curveType="linear"
          strokeWidth={2}
          gridAxis="x"
          tickLine="none"
          connectNulls={false}
          lineProps={{ isAnimationActive: false }}
          lineChartProps={{ accessibilityLayer: false }}
        />
      </div>
      <details>
        <summary>{t("delivery.timelineTable")}</summary>
        <table className={styles.table}>
          <caption className={styles.hidden}>{t("delivery.timelineTable")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("delivery.time")}</th>
              <th scope="col">{t("delivery.rate")}</th>
            </tr>
          </thead>
          <tbody className="figures">
            {points.map((point, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two epochs may have the same time
              <tr key={index}>
                <th scope="row">{point.time}</th>
                <td>{point.rate ?? t("delivery.noData")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
