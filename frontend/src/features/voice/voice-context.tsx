import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { VoiceSession, type VoiceSnapshot } from "./voice-session";

const SessionContext = createContext<VoiceSession | null>(null);

type Props = { interviewId: string; isOver: boolean; children: ReactNode };

/** Keeps devices and connection through all questions of a room, and lets go of them when it is left. */
export function VoiceProvider({ interviewId, isOver, children }: Props) {
  const [session] = useState(() => new VoiceSession(interviewId));
  useEffect(() => {
    if (isOver) session.leave();
  }, [session, isOver]);
  useEffect(() => {
    window.addEventListener("pagehide", session.leave);
    return () => {
      window.removeEventListener("pagehide", session.leave);
      session.leave();
    };
  }, [session]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useVoiceSession(): VoiceSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error("There is a voice only in a VoiceProvider.");
  return session;
}

export function useVoice(): VoiceSnapshot & { session: VoiceSession } {
  const session = useVoiceSession();
  const snapshot = useSyncExternalStore(session.subscribe, session.getSnapshot);
  return { ...snapshot, session };
}
