import { useTranslation } from "react-i18next";
import { formatScore } from "@/lib/format";
import styles from "./radar.module.css";

type Scored = { key: string; title: string; score: number; uncertainty: number | null };

type Props = { scored: readonly Scored[] };

const WIDTH = 200;
const RADIUS = 46;
const LABEL_GAP = 5;
const LABEL_ROOM = 26;
const TOP = RADIUS + LABEL_ROOM;
const RINGS = [25, 50, 75, 100];

/**
 * A picture of the list below it, with the uncertainty as a band on each axis. Names are HTML over the drawing,
 * since text in an SVG would neither wrap nor keep its size on a phone.
 */
export function CompetencyRadar({ scored }: Props) {
  const { t } = useTranslation();
  const angleOf = (index: number) => (2 * Math.PI * index) / scored.length;
  // An odd number of corners leaves less below the middle than above it.
  const lowest = Math.max(...scored.map((_, index) => -Math.cos(angleOf(index))));
  const height = TOP + RADIUS * lowest + LABEL_ROOM;
  const ring = (share: number) => path(scored.map((_, index) => at((RADIUS * share) / 100, angleOf(index))));
  return (
    <div className={styles.radar} role="img" aria-label={t("report.competenciesChart")}>
      <svg viewBox={`${-WIDTH / 2} ${-TOP} ${WIDTH} ${height}`} aria-hidden>
        {RINGS.map((share) => (
          <polygon key={share} className={styles.ring} points={ring(share)} />
        ))}
        {scored.map((one, index) => (
          <Axis key={one.key} one={one} angle={angleOf(index)} />
        ))}
        <polygon
          className={styles.area}
          points={path(scored.map((one, index) => at((RADIUS * one.score) / 100, angleOf(index))))}
        />
      </svg>
      {scored.map((one, index) => (
        <span key={one.key} className={styles.label} style={labelPlace(angleOf(index), height)}>
          {one.title} <strong>{formatScore(one.score)}</strong>
        </span>
      ))}
    </div>
  );
}

function Axis({ one, angle }: { one: Scored; angle: number }) {
  const [x, y] = at(RADIUS, angle);
  const margin = one.uncertainty ?? 0;
  const [lowX, lowY] = at((RADIUS * Math.max(one.score - margin, 0)) / 100, angle);
  const [highX, highY] = at((RADIUS * Math.min(one.score + margin, 100)) / 100, angle);
  return (
    <>
      <line className={styles.ring} x1={0} y1={0} x2={x} y2={y} />
      {margin > 0 && <line className={styles.band} x1={lowX} y1={lowY} x2={highX} y2={highY} />}
    </>
  );
}

type Point = readonly [x: number, y: number];

function at(radius: number, angle: number): Point {
  return [radius * Math.sin(angle), -radius * Math.cos(angle)];
}

function path(points: readonly Point[]): string {
  return points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(" ");
}

/** Outside the ring on the side of its axis, and no wider than what is left there. */
function labelPlace(angle: number, height: number) {
  const [x, y] = at(RADIUS + LABEL_GAP, angle);
  const side = Math.sin(angle);
  const shift = side > 0.2 ? "0" : side < -0.2 ? "-100%" : "-50%";
  const isBeside = shift !== "-50%";
  return {
    left: `${(100 * (x + WIDTH / 2)) / WIDTH}%`,
    top: `${(100 * (y + TOP)) / height}%`,
    transform: `translate(${shift}, ${-50 * (1 + Math.cos(angle))}%)`,
    maxWidth: isBeside ? `${(100 * (WIDTH / 2 - Math.abs(x))) / WIDTH}%` : "50%",
    textAlign: side > 0.2 ? ("left" as const) : side < -0.2 ? ("right" as const) : ("center" as const),
  };
}
