import "@mantine/charts/styles.css";
import { LineChart } from "@mantine/charts";
import { VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";

type Props = { points: ReadonlyArray<{ date: string; score: number }> };

/** Loaded only where there is something to draw; the table says the same to those who cannot see the line. */
export default function ProgressChart({ points }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <div aria-hidden>
        <LineChart
          h={220}
          data={points.map((point) => ({ ...point }))}
          dataKey="date"
          series={[{ name: "score", label: t("home.score"), color: "var(--accent)" }]}
          yAxisProps={{ domain: [0, 100], ticks: [0, 25, 50, 75, 100], width: 36 }}
          xAxisProps={{ padding: { left: 24, right: 24 } }}
          curveType="linear"
          strokeWidth={2}
          gridAxis="x"
          tickLine="none"
          lineProps={{ isAnimationActive: false }}
          lineChartProps={{ accessibilityLayer: false }}
        />
      </div>
      <VisuallyHidden>
        <table>
          <caption>{t("home.progressTable")}</caption>
          <tbody>
            {points.map((point, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two interviews may be of the same day
              <tr key={index}>
                <th scope="row">{point.date}</th>
                <td>{point.score}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </>
  );
}
