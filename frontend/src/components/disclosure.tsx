import { type ReactNode, useState } from "react";
import styles from "./disclosure.module.css";

type Props = { label: string; children: () => ReactNode };

/** Something for whoever wants to know more; it is made, and loaded, when somebody opens it. */
export function Disclosure({ label, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={styles.disclosure} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {isOpen && <div className={styles.content}>{children()}</div>}
    </details>
  );
}
