/** Something that is being spoken. */
export type Player = {
  /** Whether the browser lets it sound. */
  begin: () => Promise<boolean>;
  pause: () => void;
  resume: () => void;
  stop: () => void;
  onEnd: (listener: () => void) => void;
};

export function playSound(sound: Blob): Player {
  const url = URL.createObjectURL(sound);
  const audio = new Audio(url);
  return {
    begin: () =>
      audio.play().then(
        () => true,
        () => false,
      ),
    pause: () => audio.pause(),
    resume: () => void audio.play().catch(() => undefined),
    stop: () => {
      audio.pause();
      URL.revokeObjectURL(url);
    },
    onEnd: (listener) => {
      audio.onended = listener;
      audio.onerror = listener;
    },
  };
}

export function playText(text: string, voice: SpeechSynthesisVoice): Player {
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.voice = voice;
  utterance.lang = voice.lang;
  const { speechSynthesis } = window;
  return {
    begin: async () => {
      speechSynthesis.cancel();
      speechSynthesis.speak(utterance);
      return true;
    },
    pause: () => speechSynthesis.pause(),
    resume: () => speechSynthesis.resume(),
    stop: () => {
      utterance.onend = utterance.onerror = null;
      speechSynthesis.cancel();
    },
    onEnd: (listener) => {
      utterance.onend = listener;
      utterance.onerror = listener;
    },
  };
}
