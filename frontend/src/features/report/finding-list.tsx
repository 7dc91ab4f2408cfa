import { IconArrowUpRight, IconCheck } from "@tabler/icons-react";
import { Section } from "@/components/section";
import styles from "./report.module.css";

type Props = { kind: "strength" | "improvement"; findings: readonly string[] };

export function FindingList({ title, ...list }: { title: string } & Props) {
  if (list.findings.length === 0) return null;
  return (
    <Section title={title}>
      <Findings {...list} />
    </Section>
  );
}

export function Findings({ kind, findings }: Props) {
  const Icon = kind === "strength" ? IconCheck : IconArrowUpRight;
  return (
    <ul className={styles.findings}>
      {findings.map((finding) => (
        <li key={finding}>
          <Icon size={20} stroke={1.75} aria-hidden />
          <span className="prose">{finding}</span>
        </li>
      ))}
    </ul>
  );
}
