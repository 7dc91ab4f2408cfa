import { type Player, playSound, playText } from "./player";
import { type ComingSound, PLAIN_ENGINE } from "./question-sound";

/** A question is read rather than waited for. */
export const PATIENCE_MS = 300;

/**
 * What speaks a question: a server's good voice, else this browser's, else the server's plain one; null: nothing does.
 *
 * `engine` is what the server speaks with, null where it does not.
 */
export async function choosePlayer(
  text: string,
  language: string,
  engine: string | null,
  coming: ComingSound,
): Promise<Player | null> {
  const voice = findVoice(language);
  const isWorthWaiting = engine !== null && (engine !== PLAIN_ENGINE || !voice);
  const sound = await coming.within(isWorthWaiting ? PATIENCE_MS : 0);
  const isPlain = (sound?.engine ?? engine) === PLAIN_ENGINE;
  if (sound && !(isPlain && voice)) return playSound(sound.audio);
  return voice ? playText(text, voice) : null;
}

/** The browser's own voice; those that send the text away do not count. */
export function findVoice(language: string): SpeechSynthesisVoice | null {
  if (!("speechSynthesis" in window)) return null;
  const voices = window.speechSynthesis.getVoices().filter((voice) => voice.lang.startsWith(language));
  return voices.find((voice) => voice.localService) ?? null;
}
