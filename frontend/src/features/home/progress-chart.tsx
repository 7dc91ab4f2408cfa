import "@mantine/charts/styles.css";
import { LineChart } from "@mantine/charts";
import { VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Progress } from "@/api";
import { currentLanguage } from "@/i18n";
import { formatDate, formatScore } from "@/lib/format";
import styles from "./progress-chart.module.css";
import { linesOf } from "./progress-lines";

type Props = { progress: Progress };

/** Loaded only where there is something to draw; the table says the same to those who cannot see the line. */
export default function ProgressChart({ progress }: Props) {
  const { t } = useTranslation();
  const labelOf = (series: Progress["series"][number]) =>
    t("home.progressSeries", {
      model: series.judge.model ?? t("report.none"),
      rubric: series.judge.rubric ?? t("report.none"),
    });
  const { lines, rows } = linesOf(progress, labelOf);
  const dateOf = (at: number) => formatDate(new Date(at).toISOString(), currentLanguage());
  return (
    <>
      <div aria-hidden>
        <LineChart
          h={220}
          data={rows.map(({ at, ...scores }) => ({ date: dateOf(at), ...scores }))}
          dataKey="date"
          series={lines.map(({ name, label, color, dash }) => ({
            name,
            label,
            color,
            ...(dash ? { strokeDasharray: dash } : {}),
          }))}
          yAxisProps={{ domain: [0, 100], ticks: [0, 25, 50, 75, 100], width: 36 }}
          xAxisProps={{ padding: { left: 24, right: 24 } }}
          curveType="linear"
          connectNulls
          strokeWidth={2}
          gridAxis="x"
          tickLine="none"
          lineProps={{ isAnimationActive: false }}
          lineChartProps={{ accessibilityLayer: false }}
        />
        {lines.length > 1 && (
          <ul className={styles.legend}>
            {lines.map(({ name, label, color, dash }) => (
              <li key={name}>
                <svg width="28" height="8" aria-hidden="true">
                  <line x1="0" y1="4" x2="28" y2="4" stroke={color} strokeWidth="2" strokeDasharray={dash} />
                </svg>
                {label}
              </li>
            ))}
          </ul>
        )}
      </div>
      <VisuallyHidden>
        {progress.series.map((series) => (
          <table key={labelOf(series)}>
            <caption>{`${t("home.progressTable")}: ${labelOf(series)}`}</caption>
            <thead>
              <tr>
                <th scope="col">{t("home.progressDate")}</th>
                <th scope="col">{t("home.score")}</th>
              </tr>
            </thead>
            <tbody>
              {series.points.map((point) => (
                <tr key={point.interview_id}>
                  <th scope="row">{dateOf(Date.parse(point.finished_at ?? ""))}</th>
                  <td>{formatScore(point.overall.score)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </VisuallyHidden>
    </>
  );
}
