import "@mantine/charts/styles.css";
import { RadarChart } from "@mantine/charts";
import { useTranslation } from "react-i18next";

type Props = { scored: ReadonlyArray<{ title: string; score: number }> };

/** A picture of the list below it; loaded only where three or more competencies are scored. */
export default function CompetencyRadar({ scored }: Props) {
  const { t } = useTranslation();
  return (
    <div role="img" aria-label={t("report.competenciesChart")}>
      <RadarChart
        h={280}
        data={scored.map((competency) => ({ ...competency }))}
        dataKey="title"
        withPolarRadiusAxis
        // The list has the numbers; ticks would only cover the names.
        polarRadiusAxisProps={{ domain: [0, 100], tickCount: 5, tick: false, axisLine: false }}
        radarChartProps={{ accessibilityLayer: false, outerRadius: "80%" }}
        series={[{ name: "score", color: "var(--accent)", opacity: 0.18, strokeColor: "var(--accent)" }]}
        radarProps={{ isAnimationActive: false, strokeWidth: 2 }}
      />
    </div>
  );
}
