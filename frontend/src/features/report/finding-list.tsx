import { IconArrowUpRight, IconCheck } from "@tabler/icons-react";
import { Section } from "@/components/section";
import styles from "./report.module.css";

type Props = { title: string; kind: "strength" | "improvement"; findings: readonly string[] };

export function FindingList({ title, kind, findings }: Props) {
  if (findings.length === 0) return null;
  const Icon = kind === "strength" ? IconCheck : IconArrowUpRight;
  return (
    <Section title={title}>
      <ul className={styles.findings}>
        {findings.map((finding) => (
          <li key={finding}>
            <Icon size={20} stroke={1.75} aria-hidden />
            <span className="prose">{finding}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
