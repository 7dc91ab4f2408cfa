import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type InterviewDetail, type Question, readSpokenQuestion } from "@/api";
import { useSystemStatus } from "@/features/setup/use-system-status";
import { unwrap } from "@/lib/api-error";
import { watchInterruption } from "./interruption";
import { type Player, playSound, playText, wait } from "./player";
import { soundKey } from "./speech-queries";
import { useVoiceSession } from "./voice-context";

/** A question is read rather than waited for. */
const PATIENCE_MS = 300;

/** Speaks a question: a server's good voice, else this browser's, else the server's plain one, else not at all. */
export function useSpeaker(interview: InterviewDetail, question: Question) {
  const session = useVoiceSession();
  const { data: status } = useSystemStatus();
  const engine = status?.speech.voice_engine ?? null;
  const sound = useQuery({
    queryKey: soundKey(interview.id, question.id),
    queryFn: async () => {
      const path = { interview_id: interview.id, question_id: question.id };
      return (await unwrap(readSpokenQuestion({ path, parseAs: "blob" }))) as Blob;
    },
    enabled: engine !== null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const hasBrowserVoice = useBrowserVoice(interview.language);
  const [isSpeaking, setIsSpeaking] = useState(false);
  const [isSilent, setIsSilent] = useState(false);
  const player = useRef<Player | null>(null);
  const latest = useRef({ sound: sound.data, engine, isLoading: sound.isFetching });
  latest.current = { sound: sound.data, engine, isLoading: sound.isFetching };

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
      const made = await choosePlayer(question.text, interview.language, latest);
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
    [question.text, interview.language, session, stop],
  );

  useEffect(() => {
    if (isSpeaking && player.current) return watchInterruption(session, player.current, stop);
  }, [isSpeaking, session, stop]);
  useEffect(() => stop, [stop]);

  return { speak, stop, isSpeaking, isSilent, isImpossible: engine === null && !hasBrowserVoice };
}

type Sources = { sound: Blob | undefined; engine: string | null; isLoading: boolean };

async function choosePlayer(
  text: string,
  language: string,
  sources: { current: Sources },
): Promise<Player | null> {
  const isGood = sources.current.engine === "openai_compatible";
  const voice = findVoice(language);
  const mayWait = isGood || (sources.current.engine !== null && !voice);
  for (let waited = 0; mayWait && !sources.current.sound && waited < PATIENCE_MS; waited += 50)
    await wait(50);
  const { sound } = sources.current;
  if (sound && (isGood || !voice)) return playSound(sound);
  return voice ? playText(text, voice) : null;
}

function findVoice(language: string): SpeechSynthesisVoice | null {
  if (!("speechSynthesis" in window)) return null;
  const voices = window.speechSynthesis.getVoices().filter((voice) => voice.lang.startsWith(language));
  return voices.find((voice) => voice.localService) ?? null;
}

/** Whether this browser speaks the language by itself; voices that send the text away do not count. */
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
