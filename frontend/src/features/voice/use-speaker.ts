import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { InterviewDetail, Question } from "@/api";
import { useSystemStatus } from "@/features/setup/use-system-status";
import { choosePlayer, findVoice } from "./choose-player";
import { watchInterruption } from "./interruption";
import type { Player } from "./player";
import { ComingSound, fetchSound } from "./question-sound";
import { soundKey } from "./speech-queries";
import { useVoiceSession } from "./voice-context";

/** Speaks a question: a server's good voice, else this browser's, else the server's plain one, else not at all. */
export function useSpeaker(interview: InterviewDetail, question: Question) {
  const session = useVoiceSession();
  const { data: status } = useSystemStatus();
  const engine = status?.speech.voice_engine ?? null;
  const sound = useQuery({
    queryKey: soundKey(interview.id, question.id),
    queryFn: () => fetchSound(interview.id, question.id),
    enabled: engine !== null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const hasBrowserVoice = useBrowserVoice(interview.language);
  const [isSpeaking, setIsSpeaking] = useState(false);
  const [isSilent, setIsSilent] = useState(false);
  const player = useRef<Player | null>(null);
  const latestEngine = useRef(engine);
  latestEngine.current = engine;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each question waits for its own sound.
  const coming = useMemo(() => new ComingSound(), [interview.id, question.id]);
  useEffect(() => {
    if (sound.data) coming.arrive(sound.data);
  }, [coming, sound.data]);

  const stop = useCallback(() => {
    player.current?.stop();
    player.current = null;
    setIsSpeaking(false);
    session.setPlaying(false);
  }, [session]);

  const speak = useCallback(
    async ({ byItself }: { byItself: boolean }) => {
      stop();
      setIsSilent(false);
      const made = await choosePlayer(question.text, interview.language, latestEngine.current, coming);
      const hasBegun = made !== null && (await made.begin());
      if (!made || !hasBegun) {
        // Browsers refuse sound before the first click; that is worth no word when nobody asked for it.
        setIsSilent(!byItself);
        return;
      }
      player.current = made;
      setIsSpeaking(true);
      session.setPlaying(true);
      made.onEnd(() => {
        if (player.current === made) stop();
      });
    },
    [question.text, interview.language, coming, session, stop],
  );

  useEffect(() => {
    if (isSpeaking && player.current) return watchInterruption(session, player.current, stop);
  }, [isSpeaking, session, stop]);
  useEffect(() => stop, [stop]);

  return { speak, stop, isSpeaking, isSilent, isImpossible: engine === null && !hasBrowserVoice };
}

/** Whether this browser speaks the language by itself. */
function useBrowserVoice(language: string): boolean {
  const [has, setHas] = useState(() => findVoice(language) !== null);
  useEffect(() => {
    if (!("speechSynthesis" in window)) return;
    const look = () => setHas(findVoice(language) !== null);
    window.speechSynthesis.addEventListener("voiceschanged", look);
    return () => window.speechSynthesis.removeEventListener("voiceschanged", look);
  }, [language]);
  return has;
}
