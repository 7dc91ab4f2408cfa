import { useEffect, useRef } from "react";
import styles from "./voice.module.css";
import { useVoiceSession } from "./voice-context";

const EVERY_MS = 66;

/** How loud the microphone is. Decoration: the words beside it say whether a voice is heard. */
export function LevelMeter({ read }: { read?: () => number }) {
  return read ? <Meter read={read} /> : <SessionMeter />;
}

function SessionMeter() {
  const session = useVoiceSession();
  return <Meter read={() => session.readLevel()} />;
}

function Meter({ read }: { read: () => number }) {
  const bar = useRef<HTMLDivElement>(null);
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    const timer = setInterval(() => {
      bar.current?.style.setProperty("--level", latest.current().toFixed(3));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className={styles.meter} aria-hidden>
      <div ref={bar} className={styles.meterFill} />
    </div>
  );
}
